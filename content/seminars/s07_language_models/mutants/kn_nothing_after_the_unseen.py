"""
ru: После слова, за которым ничего не шло, вероятности — нули.
en: After a word that nothing followed, the probabilities are zeros.
"""

import numpy as np

FAILS = ["kneser_ney"]


def kneser_ney(counts, discount):
    seen = counts > 0
    continuation = seen.sum(axis=0) / seen.sum()
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    given_away = discount * seen.sum(axis=1, keepdims=True) / totals
    return np.maximum(counts - discount, 0) / totals + given_away * continuation
