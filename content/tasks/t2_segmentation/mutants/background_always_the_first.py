"""
ru: Фон всегда первый.
en: The background is always the first.
"""

import numpy as np

FAILS = ["background_replaced"]


class BackgroundReplacement:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        replaced = random_cut(self.backgrounds[0], mask.shape[0], mask.shape[1], rng)
        return np.where(mask[..., None] > 0, image, replaced), mask
