"""
ru: У пикселя четыре соседа.
en: A pixel has four neighbours.
"""

import numpy as np
from scipy import ndimage

FAILS = ["components_kept"]


def large_components(mask, share=1.0):
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask.copy()
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return (areas >= share * areas.max())[labels] & mask
