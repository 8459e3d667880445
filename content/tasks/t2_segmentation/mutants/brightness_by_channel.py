"""
ru: У каждого канала свой сдвиг: это уже другой цвет.
en: Each channel has a shift of its own: that is another colour.
"""

import numpy as np

FAILS = ["brightness_shifts"]


class Brightness:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        shift = np.round(255 * rng.uniform(-self.limit, self.limit, size=3))
        return np.clip(image + shift, 0, 255).astype(np.uint8), mask
