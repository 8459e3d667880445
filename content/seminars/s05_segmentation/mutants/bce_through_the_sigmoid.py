"""
ru: Логарифм сигмоиды взят от сигмоиды: при больших логитах это log 0.
en: The log is taken of the sigmoid: at large logits that is log 0.
"""

import torch

FAILS = ["weighted_bce", "weighted_bce_gradient"]


def weighted_bce(logits, target, pos_weight):
    p = torch.sigmoid(logits)
    return -(pos_weight * target * p.log() + (1 - target) * (1 - p).log()).mean()
