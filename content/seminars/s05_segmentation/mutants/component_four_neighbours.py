"""
ru: Соседями считаются только четыре пикселя.
en: Only four pixels count as neighbours.
"""

import numpy as np
from scipy import ndimage

FAILS = ["largest_component"]


def largest_component(mask):
    labels, count = ndimage.label(mask)
    if count == 0:
        return mask.copy()
    return labels == 1 + np.bincount(labels.ravel())[1:].argmax()
