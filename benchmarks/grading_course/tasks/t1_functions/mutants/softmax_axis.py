"""
ru: Не та ось.
en: The wrong axis.
"""

import numpy as np

FAILS = ["softmax", "softmax_large"]


def softmax(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum(axis=0)
