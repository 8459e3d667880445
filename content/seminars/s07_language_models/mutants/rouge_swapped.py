"""
ru: Точность и полнота перепутаны.
en: Precision and recall are swapped.
"""

import numpy as np

FAILS = ["rouge_l"]


def rouge_l(candidate, reference):
    lengths = np.zeros((len(candidate) + 1, len(reference) + 1), dtype=int)
    for i, a in enumerate(candidate):
        for j, b in enumerate(reference):
            skipped = max(lengths[i, j + 1], lengths[i + 1, j])
            lengths[i + 1, j + 1] = lengths[i, j] + 1 if a == b else skipped
    common = int(lengths[-1, -1])
    if not common:
        return 0.0, 0.0, 0.0
    r, p = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
