"""
ru: Байты переполняются: самые светлые пиксели становятся тёмными.
en: Bytes overflow: the brightest pixels become dark.
"""

import numpy as np

FAILS = ["brightness_shifts"]


class Brightness:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        shift = round(255 * rng.uniform(-self.limit, self.limit))
        return (image.astype(int) + shift).astype(np.uint8), mask
