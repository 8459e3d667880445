"""
ru: Вероятности обрезаны, чтобы не было log 0: значение занижено, градиент пропал.
en: Probabilities are clamped to avoid log 0: the value is too low and the gradient is gone.
"""

import torch

FAILS = ["weighted_bce", "weighted_bce_gradient"]


def weighted_bce(logits, target, pos_weight):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(pos_weight * target * p.log() + (1 - target) * (1 - p).log()).mean()
