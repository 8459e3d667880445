"""
ru: Штраф наложен на длинные тексты вместо коротких.
en: Long texts are penalised instead of short ones.
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
            known = Counter()
            for t in own:
                known |= Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1))
            have = Counter(tuple(candidate[i : i + n]) for i in range(len(candidate) - n + 1))
            matches[n - 1] += sum((have & known).values())
            totals[n - 1] += sum(have.values())
    if not matches.all():
        return 0.0
    return float(100 * np.exp(min(0.0, 1 - length / wanted) + np.log(matches / totals).mean()))
