"""
ru: У NLL потерян минус.
en: The NLL has lost its minus.
"""

import numpy as np

FAILS = ["nll_value"]


def NLL(log_probs, y):
    return float(log_probs[np.arange(len(y)), y].mean())
