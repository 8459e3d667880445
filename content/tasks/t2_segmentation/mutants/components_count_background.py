"""
ru: Самой большой областью оказывается фон.
en: The largest piece is the background.
"""

import numpy as np
from scipy import ndimage

FAILS = ["components_kept"]


def large_components(mask, share=1.0):
    labels, _ = ndimage.label(mask, np.ones((3, 3), bool))
    areas = np.bincount(labels.ravel())
    return (areas >= share * areas.max())[labels] & mask
