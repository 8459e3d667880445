"""
ru: Сдвинутое число не возвращено на место.
en: The number that was moved is not put back.
"""

import numpy as np

FAILS = ["numerical_gradient_central"]


def numerical_gradient(f, x, eps=5e-6):
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        x[index] += eps
        above = f(x)
        x[index] -= 2 * eps
        grad[index] = (above - f(x)) / (2 * eps)
    return grad
