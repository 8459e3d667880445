"""
ru: Маска применена после softmax: сумма весов меньше единицы.
en: The mask is applied after the softmax: weights sum to less than one.
"""

import torch

FAILS = ["additive_attention"]


def additive_attention(query, keys, mask, weight_query, weight_key, vector):
    meeting = torch.tanh((query @ weight_query.T)[:, None] + keys @ weight_key.T)
    weights = (meeting @ vector).softmax(dim=1) * mask
    return (weights[:, None] @ keys)[:, 0], weights
