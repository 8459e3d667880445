"""
ru: Отброшены пары одинаковых слов, а не пары места с самим собой.
en: Pairs of equal words are left out, instead of a place with itself.
"""

import numpy as np

FAILS = ["skip_gram_pairs"]


def skip_gram_pairs(tokens, window):
    pairs = [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(max(0, i - window), min(len(tokens), i + window + 1))
        if tokens[i] != tokens[j]
    ]
    return np.array(pairs)
