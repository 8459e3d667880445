"""
ru: Картинка становится только светлее.
en: The picture only becomes brighter.
"""

import numpy as np

FAILS = ["brightness_shifts"]


class Brightness:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        shift = round(255 * rng.uniform(0, self.limit))
        return np.clip(image.astype(int) + shift, 0, 255).astype(np.uint8), mask
