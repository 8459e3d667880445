"""
ru: Переполнение.
en: Overflows.
"""

import numpy as np

FAILS = ["softmax_large"]


def softmax(logits):
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        return e / e.sum(axis=-1, keepdims=True)
