"""Rectangles on noise."""

import numpy as np


def picture(rng):
    """Return an image (12, 10, 3) and its mask (12, 10), a rectangle of 5 by 4 pixels."""
    image = rng.integers(256, size=(12, 10, 3), dtype=np.uint8)
    mask = np.zeros((12, 10), np.uint8)
    top, left = rng.integers(0, 8), rng.integers(0, 7)
    mask[top : top + 5, left : left + 4] = 1
    return image, mask
