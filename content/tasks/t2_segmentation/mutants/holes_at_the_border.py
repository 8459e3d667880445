"""
ru: Фон у края картинки тоже считается дырой.
en: Background at the picture's border counts as a hole too.
"""

import numpy as np
from scipy import ndimage

FAILS = ["holes_filled"]


def filled_holes(mask, max_area=None):
    labels, _ = ndimage.label(~mask)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    if max_area is None:
        return ndimage.binary_fill_holes(mask)
    return mask | ((areas <= max_area)[labels] & ~mask)
