"""
ru: Нет поправки на нулевое начало средних.
en: There is no correction for the zero start of the means.
"""

import numpy as np

FAILS = ["adamw_path"]


def adamw_path(start, grads, lr, betas, weight_decay, eps=1e-8):
    weights, path = start, []
    mean = mean_of_squares = np.zeros_like(start)
    for grad in grads:
        mean = betas[0] * mean + (1 - betas[0]) * grad
        mean_of_squares = betas[1] * mean_of_squares + (1 - betas[1]) * grad**2
        weights = weights - lr * mean / (np.sqrt(mean_of_squares) + eps)
        weights = weights - lr * weight_decay * weights
        path.append(weights)
    return np.array(path)
