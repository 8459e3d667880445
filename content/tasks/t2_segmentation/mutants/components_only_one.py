"""
ru: Какой бы ни была доля, остаётся одна область.
en: Whatever the share, one piece is left.
"""

import numpy as np
from scipy import ndimage

FAILS = ["components_kept"]


def large_components(mask, share=1.0):
    labels, count = ndimage.label(mask, np.ones((3, 3), bool))
    if count < 2:
        return mask.copy()
    return labels == 1 + np.bincount(labels.ravel())[1:].argmax()
