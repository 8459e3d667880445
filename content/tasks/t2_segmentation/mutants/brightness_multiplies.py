"""
ru: Яркость умножена, а не сдвинута: чёрное остаётся чёрным.
en: Brightness is multiplied rather than shifted: black stays black.
"""

import numpy as np

FAILS = ["brightness_shifts"]


class Brightness:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        factor = 1 + rng.uniform(-self.limit, self.limit)
        return np.clip(image * factor, 0, 255).astype(np.uint8), mask
