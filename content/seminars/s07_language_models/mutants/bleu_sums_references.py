"""
ru: n-граммы эталонов сложены, а нужно взять тот эталон, где их больше всего.
en: The n-grams of the references are summed, instead of taking the one that has most.
"""

from collections import Counter

import numpy as np

FAILS = ["corpus_bleu"]


def corpus_bleu(candidates, references, max_order=4):
    length = wanted = 0
    matches, totals = np.zeros(max_order), np.zeros(max_order)
    for candidate, own in zip(candidates, references):
        length += len(candidate)
        wanted += min((abs(len(text) - len(candidate)), len(text)) for text in own)[1]
        for n in range(1, max_order + 1):
            known = Counter(tuple(t[i : i + n]) for t in own for i in range(len(t) - n + 1))
            have = Counter(tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1))
            matches[n - 1] += sum((have & known).values())
            totals[n - 1] += sum(have.values())
    if not matches.all():
        return 0.0
    return float(100 * np.exp(min(0.0, 1 - wanted / length) + np.log(matches / totals).mean()))
