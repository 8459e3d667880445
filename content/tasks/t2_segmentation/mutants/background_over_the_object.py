"""
ru: Заменён объект, а фон остался.
en: The object is replaced, the background stays.
"""

import numpy as np

FAILS = ["background_replaced"]


class BackgroundReplacement:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        background = self.backgrounds[int(rng.integers(len(self.backgrounds)))]
        replaced = random_cut(background, mask.shape[0], mask.shape[1], rng)
        return np.where(mask[..., None] > 0, replaced, image), mask
