"""
ru: Это градиент softmax, а не его логарифма.
en: This is the gradient of softmax, not of its logarithm.
"""

import numpy as np

FAILS = ["log_softmax_gradient", "log_softmax_large_logits"]


def grad_log_softmax(logits, grad_output):
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = exponents / exponents.sum(axis=1, keepdims=True)
    return p * (grad_output - (p * grad_output).sum(axis=1, keepdims=True))
