"""
ru: compute_loss_grad не ставит данные веса в сеть.
en: compute_loss_grad does not put the given weights into the network.
"""

import numpy as np

FAILS = ["loss_and_gradient"]


def compute_loss_grad(weights, args):
    network, X, y = args
    log_probs = forward(network, X)
    loss = NLL(log_probs, y)
    grad = grad_NLL(log_probs, y)
    grads = []
    for layer in reversed(network):
        grad, grad_params = layer.backward(grad)
        grads.append(grad_params)
    return loss, np.concatenate(grads[::-1])
