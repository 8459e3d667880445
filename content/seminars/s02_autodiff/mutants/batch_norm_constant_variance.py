"""
ru: Путь через дисперсию забыт, путь через среднее учтён.
en: The path through the variance is forgotten, the one through the mean is counted.
"""

import numpy as np

FAILS = ["batch_norm_input"]


def grad_batch_norm(X, gamma, grad_output, eps=1e-5):
    std = np.sqrt(X.var(axis=0) + eps)
    normalised = (X - X.mean(axis=0)) / std
    grad_X = gamma / std * (grad_output - grad_output.mean(axis=0))
    return grad_X, (grad_output * normalised).sum(axis=0), grad_output.sum(axis=0)
