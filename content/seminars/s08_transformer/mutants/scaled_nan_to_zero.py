"""
ru: NaN заменены нулями лишь на выходе: в градиенты они всё равно попадают.
en: NaN is replaced by zeros at the output only: it gets into the gradients all the same.
"""

import math

FAILS = ["attention_to_nothing"]


def scaled_attention(query, key, value, mask):
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3])
    weights = scores.masked_fill(~mask, -math.inf).softmax(dim=3)
    return (weights @ value).nan_to_num(0.0)
