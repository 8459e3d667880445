"""
ru: Максимум не вычтен: экспонента переполняется.
en: The maximum is not subtracted: the exponential overflows.
"""

import numpy as np

FAILS = ["log_softmax_large_logits"]


def grad_log_softmax(logits, grad_output):
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return grad_output - p * grad_output.sum(axis=1, keepdims=True)
