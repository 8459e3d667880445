"""
ru: max_area не участвует.
en: max_area plays no part.
"""

from scipy import ndimage

FAILS = ["holes_filled"]


def filled_holes(mask, max_area=None):
    return ndimage.binary_fill_holes(mask)
