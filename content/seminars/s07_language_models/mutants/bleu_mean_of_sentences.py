"""
ru: Точности посчитаны по предложениям и усреднены, а не по корпусу.
en: Precisions are those of sentences, averaged, instead of those of the corpus.
"""

from collections import Counter

import numpy as np

FAILS = ["corpus_bleu"]


def corpus_bleu(candidates, references, max_order=4):
    length = wanted = 0
    shares = [[] for _ in range(max_order)]
    for candidate, own in zip(candidates, references):
        length += len(candidate)
        wanted += min((abs(len(text) - len(candidate)), len(text)) for text in own)[1]
        for n in range(1, max_order + 1):
            known = Counter()
            for t in own:
                known |= Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1))
            have = Counter(tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1))
            total = max(sum(have.values()), 1)
            shares[n - 1].append(sum((have & known).values()) / total)
    means = np.array([np.mean(row) for row in shares])
    if not means.all():
        return 0.0
    return float(100 * np.exp(min(0.0, 1 - wanted / length) + np.log(means).mean()))
