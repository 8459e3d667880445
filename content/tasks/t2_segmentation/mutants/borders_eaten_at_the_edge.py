"""
ru: За краем картинки — пустота, и объект там обкусан.
en: Beyond the picture's border there is nothing, and the object is bitten off there.
"""

import numpy as np
from scipy import ndimage

FAILS = ["borders_smoothed"]


def smoothed_borders(mask, radius=1):
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    disk = y**2 + x**2 <= radius**2
    return ndimage.binary_closing(ndimage.binary_opening(mask, disk), disk)
