"""The gradient of a function that is known only by its values: an oracle for backward passes."""

import numpy as np


def finite_differences(f, x, eps=1e-5):
    """Return the gradient of a scalar function of an array, by Richardson's four points."""
    steps = eps * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [
        (8 * (f(x + step) - f(x - step)) - f(x + 2 * step) + f(x - 2 * step)) / (12 * eps)
        for step in steps
    ]
    return np.reshape(slopes, x.shape)
