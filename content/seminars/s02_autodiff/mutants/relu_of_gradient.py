"""
ru: ReLU применена к градиенту, а не к знаку входа.
en: ReLU is applied to the gradient instead of the sign of the input.
"""

import numpy as np

FAILS = ["relu_gradient", "relu_at_zero"]


def grad_relu(X, grad_output):
    return np.maximum(grad_output, 0)
