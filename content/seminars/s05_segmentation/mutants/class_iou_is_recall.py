"""
ru: Знаменатель — только истинные пиксели класса: это полнота, а не IoU.
en: The denominator is the true pixels of the class only: that is recall, not IoU.
"""

import numpy as np

FAILS = ["class_iou"]


def class_iou(batches, num_classes, ignore=255):
    confusion = np.zeros((num_classes, num_classes), np.int64)
    for predicted, target in batches:
        known = target != ignore
        pairs = target[known].astype(np.int64) * num_classes + predicted[known]
        confusion += np.bincount(pairs, minlength=num_classes**2).reshape(confusion.shape)
    true = confusion.sum(axis=1)
    return np.where(true > 0, confusion.diagonal() / np.maximum(true, 1), np.nan)
