"""
ru: Затухание прибавлено к градиенту и проходит через средние: это Adam с L2-штрафом, а не AdamW.
en: The decay is added to the gradient and passes through the means: Adam with an L2 penalty, not
AdamW.
"""

import numpy as np

FAILS = ["adamw_path"]


def adamw_path(start, grads, lr, betas, weight_decay, eps=1e-8):
    weights, path = start, []
    mean = mean_of_squares = np.zeros_like(start)
    for t, grad in enumerate(grads, start=1):
        grad = grad + weight_decay * weights
        mean = betas[0] * mean + (1 - betas[0]) * grad
        mean_of_squares = betas[1] * mean_of_squares + (1 - betas[1]) * grad**2
        root = np.sqrt(mean_of_squares / (1 - betas[1] ** t))
        weights = weights - lr * mean / (1 - betas[0] ** t) / (root + eps)
        path.append(weights)
    return np.array(path)
