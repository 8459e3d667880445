"""
ru: Вместо числа разных предшественников взята частота слова.
en: The word's frequency is taken instead of the number of different words before it.
"""

import numpy as np

FAILS = ["kneser_ney"]


def kneser_ney(counts, discount):
    seen = counts > 0
    continuation = counts.sum(axis=0) / counts.sum()
    totals = counts.sum(axis=1, keepdims=True)
    kept = np.maximum(counts - discount, 0) / np.maximum(totals, 1)
    given_away = discount * seen.sum(axis=1, keepdims=True) / np.maximum(totals, 1)
    return kept + np.where(totals > 0, given_away, 1.0) * continuation
