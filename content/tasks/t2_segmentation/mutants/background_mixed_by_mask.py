"""
ru: Маска из нулей и единиц принята за 0 и 255: объект почти прозрачен.
en: A mask of zeros and ones is taken for 0 and 255: the object is nearly transparent.
"""

import numpy as np

FAILS = ["background_replaced"]


class BackgroundReplacement:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        background = self.backgrounds[int(rng.integers(len(self.backgrounds)))]
        replaced = random_cut(background, mask.shape[0], mask.shape[1], rng)
        share = mask[..., None] / 255
        return (share * image + (1 - share) * replaced).astype(np.uint8), mask
