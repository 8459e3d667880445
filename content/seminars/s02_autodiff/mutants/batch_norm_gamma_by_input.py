"""
ru: Градиент gamma взят по ненормированному входу.
en: The gradient of gamma uses the input before normalisation.
"""

import numpy as np

FAILS = ["batch_norm_parameters"]


def grad_batch_norm(X, gamma, grad_output, eps=1e-5):
    std = np.sqrt(X.var(axis=0) + eps)
    normalised = (X - X.mean(axis=0)) / std
    centred = grad_output - grad_output.mean(axis=0)
    along = normalised * (grad_output * normalised).mean(axis=0)
    return gamma / std * (centred - along), (grad_output * X).sum(axis=0), grad_output.sum(axis=0)
