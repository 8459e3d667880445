"""
ru: Центральная разность поделена на ε, а не на 2ε.
en: The central difference is divided by ε, not by 2ε.
"""

import numpy as np

FAILS = ["numerical_gradient_central"]


def numerical_gradient(f, x, eps=5e-6):
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += eps
        below[index] -= eps
        grad[index] = (f(above) - f(below)) / eps
    return grad
