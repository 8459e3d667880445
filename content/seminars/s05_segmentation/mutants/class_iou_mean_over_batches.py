"""
ru: Средний IoU батчей, а не IoU по всем пикселям.
en: The mean IoU of the batches, not the IoU over all pixels.
"""

import numpy as np

FAILS = ["class_iou"]


def class_iou(batches, num_classes, ignore=255):
    scores = []
    for predicted, target in batches:
        known = target != ignore
        pairs = target[known].astype(np.int64) * num_classes + predicted[known]
        confusion = np.bincount(pairs, minlength=num_classes**2).reshape(num_classes, -1)
        hits = confusion.diagonal()
        union = confusion.sum(axis=0) + confusion.sum(axis=1) - hits
        scores.append(np.where(union > 0, hits / np.maximum(union, 1), np.nan))
    scores = np.array(scores)
    seen = ~np.isnan(scores)
    counted = np.where(seen, scores, 0).sum(axis=0)
    return np.where(seen.any(axis=0), counted / np.maximum(seen.sum(axis=0), 1), np.nan)
