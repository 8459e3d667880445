"""
ru: Среднее и дисперсия сочтены константами.
en: The mean and the variance are taken for constants.
"""

import numpy as np

FAILS = ["batch_norm_input"]


def grad_batch_norm(X, gamma, grad_output, eps=1e-5):
    std = np.sqrt(X.var(axis=0) + eps)
    normalised = (X - X.mean(axis=0)) / std
    return (
        gamma / std * grad_output,
        (grad_output * normalised).sum(axis=0),
        grad_output.sum(axis=0),
    )
