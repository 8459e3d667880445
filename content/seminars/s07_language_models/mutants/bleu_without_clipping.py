"""
ru: Совпадения не ограничены: повтор одного слова засчитан столько раз, сколько он повторён.
en: Matches aren't clipped: a repeated word counts as often as it is repeated.
"""

import numpy as np

FAILS = ["corpus_bleu"]


def corpus_bleu(candidates, references, max_order=4):
    length = wanted = 0
    matches, totals = np.zeros(max_order), np.zeros(max_order)
    for candidate, own in zip(candidates, references):
        length += len(candidate)
        wanted += min((abs(len(text) - len(candidate)), len(text)) for text in own)[1]
        for n in range(1, max_order + 1):
            known = {tuple(t[i : i + n]) for t in own for i in range(len(t) - n + 1)}
            grams = [tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1)]
            matches[n - 1] += sum(gram in known for gram in grams)
            totals[n - 1] += len(grams)
    if not matches.all():
        return 0.0
    return float(100 * np.exp(min(0.0, 1 - wanted / length) + np.log(matches / totals).mean()))
