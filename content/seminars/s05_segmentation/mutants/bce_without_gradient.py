"""
ru: Логиты отсоединены от графа, и градиента нет.
en: The value is computed from detached logits, so there is no gradient.
"""

import torch

FAILS = ["weighted_bce_gradient"]


def weighted_bce(logits, target, pos_weight):
    logits = logits.detach()
    log_one_plus = torch.logaddexp(torch.zeros_like(logits), -logits)
    return ((1 - target) * (logits + log_one_plus) + pos_weight * target * log_one_plus).mean()
