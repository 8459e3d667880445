"""
ru: Порядок слов не учтён: это ROUGE-1.
en: The order of words is not looked at: this is ROUGE-1.
"""

from collections import Counter

FAILS = ["rouge_l"]


def rouge_l(candidate, reference):
    common = sum((Counter(candidate) & Counter(reference)).values())
    if not common:
        return 0.0, 0.0, 0.0
    p, r = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
