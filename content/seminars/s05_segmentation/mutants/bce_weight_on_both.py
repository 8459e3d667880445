"""
ru: Вес умножает и положительные, и отрицательные пиксели.
en: The weight multiplies positive and negative pixels alike.
"""

import torch

FAILS = ["weighted_bce", "weighted_bce_gradient"]


def weighted_bce(logits, target, pos_weight):
    log_one_plus = torch.logaddexp(torch.zeros_like(logits), -logits)
    return pos_weight * ((1 - target) * logits + log_one_plus).mean()
