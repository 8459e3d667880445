"""
ru: Плоский градиент собран от последнего слоя к первому.
en: The flat gradient is joined from the last layer to the first.
"""

import numpy as np

FAILS = ["loss_and_gradient"]


def compute_loss_grad(weights, args):
    network, X, y = args
    set_weights(network, weights)
    log_probs = forward(network, X)
    loss = NLL(log_probs, y)
    grad = grad_NLL(log_probs, y)
    grads = []
    for layer in reversed(network):
        grad, grad_params = layer.backward(grad)
        grads.append(grad_params)
    return loss, np.concatenate(grads)
