"""
ru: NLL складывает по батчу вместо усреднения.
en: The NLL sums over the batch instead of averaging.
"""

import numpy as np

FAILS = ["nll_value"]


def NLL(log_probs, y):
    return -float(log_probs[np.arange(len(y)), y].sum())
