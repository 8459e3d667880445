"""
ru: Маска понята наоборот: True — не смотреть, как в nn.MultiheadAttention.
en: The mask is taken the other way round: True is kept away, as in nn.MultiheadAttention.
"""

import math

FAILS = ["scaled_attention", "attention_to_nothing"]


def scaled_attention(query, key, value, mask):
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3])
    empty = mask.all(dim=3, keepdim=True)
    weights = scores.masked_fill(mask & ~empty, -math.inf).softmax(dim=3)
    return weights.masked_fill(empty, 0.0) @ value
