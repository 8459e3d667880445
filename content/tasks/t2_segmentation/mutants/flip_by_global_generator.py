"""
ru: Случайность взята из np.random.
en: Chance is taken from np.random.
"""

import numpy as np

FAILS = ["augmentations_leave_arguments"]


class HorizontalFlip:
    def __call__(self, image, mask, rng):
        if np.random.random() >= self.p:
            return image, mask
        return image[:, ::-1].copy(), mask[:, ::-1].copy()
