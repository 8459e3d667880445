"""
ru: Сначала замыкание, потом размыкание.
en: Closing first, then opening.
"""

import numpy as np
from scipy import ndimage

FAILS = ["borders_smoothed"]


def smoothed_borders(mask, radius=1):
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    disk = y**2 + x**2 <= radius**2
    wide = np.pad(mask, 2 * radius, mode="edge")
    wide = ndimage.binary_opening(ndimage.binary_closing(wide, disk), disk)
    inner = slice(2 * radius, -2 * radius)
    return wide[inner, inner]
