"""
ru: Левая граница среза отрицательна: у начала текста соседи слева пропадают.
en: The slice begins at a negative place: near the text's start words on the left get lost.
"""

import numpy as np

FAILS = ["skip_gram_pairs"]


def skip_gram_pairs(tokens, window):
    pairs = []
    for i, centre in enumerate(tokens):
        around = [*tokens[i - window : i], *tokens[i + 1 : i + window + 1]]
        pairs += [(centre, other) for other in around]
    return np.array(pairs)
