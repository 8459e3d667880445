"""
ru: Оценки не разделены на √d.
en: Scores aren't divided by √d.
"""

import math

FAILS = ["scaled_attention"]


def scaled_attention(query, key, value, mask):
    scores = query @ key.transpose(2, 3)
    empty = ~mask.any(dim=3, keepdim=True)
    weights = scores.masked_fill(~mask & ~empty, -math.inf).softmax(dim=3)
    return weights.masked_fill(empty, 0.0) @ value
