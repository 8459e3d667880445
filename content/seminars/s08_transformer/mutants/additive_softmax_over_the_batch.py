"""
ru: Softmax взят по батчу, а не по времени.
en: The softmax is over the batch and not over time.
"""

import torch

FAILS = ["additive_attention"]


def additive_attention(query, keys, mask, weight_query, weight_key, vector):
    meeting = torch.tanh((query @ weight_query.T)[:, None] + keys @ weight_key.T)
    weights = (meeting @ vector).masked_fill(~mask, -1e9).softmax(dim=0)
    return (weights[:, None] @ keys)[:, 0], weights
