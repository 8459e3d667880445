"""
ru: Пиксели без ответа посчитаны как класс 0.
en: Pixels without an answer are counted as class 0.
"""

import numpy as np

FAILS = ["class_iou"]


def class_iou(batches, num_classes, ignore=255):
    confusion = np.zeros((num_classes, num_classes), np.int64)
    for predicted, target in batches:
        target = np.where(target == ignore, 0, target)
        pairs = target.astype(np.int64).ravel() * num_classes + predicted.ravel()
        confusion += np.bincount(pairs, minlength=num_classes**2).reshape(confusion.shape)
    hits = confusion.diagonal()
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - hits
    return np.where(union > 0, hits / np.maximum(union, 1), np.nan)
