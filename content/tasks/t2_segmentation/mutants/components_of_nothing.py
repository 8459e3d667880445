"""
ru: На пустой маске функция падает.
en: The function fails on an empty mask.
"""

import numpy as np
from scipy import ndimage

FAILS = ["components_kept"]


def large_components(mask, share=1.0):
    labels, _ = ndimage.label(mask, np.ones((3, 3), bool))
    areas = np.bincount(labels.ravel())[1:]
    return np.isin(labels, 1 + np.flatnonzero(areas >= share * areas.max()))
