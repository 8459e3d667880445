"""
ru: Разность вперёд вместо центральной.
en: A forward difference in place of the central one.
"""

import numpy as np

FAILS = ["numerical_gradient_central"]


def numerical_gradient(f, x, eps=5e-6):
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above = x.copy()
        above[index] += eps
        grad[index] = (f(above) - f(x)) / eps
    return grad
