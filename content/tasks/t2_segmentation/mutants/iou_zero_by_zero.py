"""
ru: Для двух пустых масок получается nan.
en: Two empty masks give nan.
"""

FAILS = ["iou_of_nothing"]


def _iou_of_masks(predicted, target):
    intersection = (predicted & target).sum(dim=(2, 3))
    return intersection / (predicted | target).sum(dim=(2, 3))
