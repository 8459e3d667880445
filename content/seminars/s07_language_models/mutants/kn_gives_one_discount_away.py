"""
ru: Роздана лишь одна скидка на строку, а не по одной за каждое слово: сумма меньше единицы.
en: One discount a row is dealt out instead of one for every word: the sum is below one.
"""

import numpy as np

FAILS = ["kneser_ney"]


def kneser_ney(counts, discount):
    seen = counts > 0
    continuation = seen.sum(axis=0) / seen.sum()
    totals = counts.sum(axis=1, keepdims=True)
    kept = np.maximum(counts - discount, 0) / np.maximum(totals, 1)
    given_away = discount / np.maximum(totals, 1)
    return kept + np.where(totals > 0, given_away, 1.0) * continuation
