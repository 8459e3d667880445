"""
ru: Фон участвует в соревновании и побеждает.
en: The background takes part in the contest and wins.
"""

import numpy as np
from scipy import ndimage

FAILS = ["largest_component"]


def largest_component(mask):
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    return labels == np.bincount(labels.ravel()).argmax()
