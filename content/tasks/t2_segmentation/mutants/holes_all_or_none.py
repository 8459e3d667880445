"""
ru: Площадь меряется у всех дыр вместе.
en: The area is that of all holes together.
"""

from scipy import ndimage

FAILS = ["holes_filled"]


def filled_holes(mask, max_area=None):
    holes = ndimage.binary_fill_holes(mask) & ~mask
    if max_area is not None and holes.sum() > max_area:
        return mask.copy()
    return mask | holes
