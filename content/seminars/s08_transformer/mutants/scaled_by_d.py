"""
ru: Оценки разделены на d, а не на корень из него.
en: Scores are divided by d and not by its root.
"""

import math

FAILS = ["scaled_attention"]


def scaled_attention(query, key, value, mask):
    scores = query @ key.transpose(2, 3) / query.shape[3]
    empty = ~mask.any(dim=3, keepdim=True)
    weights = scores.masked_fill(~mask & ~empty, -math.inf).softmax(dim=3)
    return weights.masked_fill(empty, 0.0) @ value
