"""
ru: ReLU стоит и после последнего слоя, так что отрицательных выходов не бывает.
en: ReLU stands after the last layer too, so that no output is negative.
"""

import numpy as np

FAILS = ["forward_many"]


def forward_many(x, weights, biases):
    hidden = x
    for W, b in zip(weights, biases, strict=True):
        hidden = np.maximum(hidden @ W.swapaxes(1, 2) + b[:, None, :], 0)
    return hidden
