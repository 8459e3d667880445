"""
ru: Ответ остался в порядке сортировки, а не в исходном.
en: The answer is left in sorted order instead of the given one.
"""

import numpy as np

FAILS = ["nucleus"]


def nucleus(probabilities, p):
    ordered = np.sort(probabilities)[::-1]
    return np.cumsum(ordered) - ordered < p
