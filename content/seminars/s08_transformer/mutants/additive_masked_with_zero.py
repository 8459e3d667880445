"""
ru: Замаскированным ключам поставлена оценка 0, а не минус бесконечность.
en: Masked keys get a score of 0 and not minus infinity.
"""

import torch

FAILS = ["additive_attention"]


def additive_attention(query, keys, mask, weight_query, weight_key, vector):
    meeting = torch.tanh((query @ weight_query.T)[:, None] + keys @ weight_key.T)
    weights = (meeting @ vector * mask).softmax(dim=1)
    return (weights[:, None] @ keys)[:, 0], weights
