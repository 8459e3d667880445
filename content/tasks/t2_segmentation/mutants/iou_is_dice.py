"""
ru: Знаменатель — сумма площадей: это Dice.
en: The denominator is the sum of areas: that is Dice.
"""

import torch

FAILS = ["iou_of_examples"]


def _iou_of_masks(predicted, target):
    common = 2 * (predicted & target).sum(dim=(2, 3))
    total = predicted.sum(dim=(2, 3)) + target.sum(dim=(2, 3))
    return torch.where(total > 0, common / total.clamp_min(1), 1.0)
