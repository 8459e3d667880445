"""
ru: Для двух пустых масок получается 0.
en: Two empty masks give 0.
"""

FAILS = ["iou_of_nothing"]


def _iou_of_masks(predicted, target):
    intersection = (predicted & target).sum(dim=(2, 3))
    return intersection / (predicted | target).sum(dim=(2, 3)).clamp_min(1)
