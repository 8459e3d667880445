"""
ru: Маска тоже стала светлее.
en: The mask became brighter too.
"""

import numpy as np

FAILS = ["brightness_shifts"]


class Brightness:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        shift = round(255 * rng.uniform(-self.limit, self.limit))
        changed = [np.clip(each.astype(int) + shift, 0, 255) for each in (image, mask)]
        return changed[0].astype(np.uint8), changed[1].astype(np.uint8)
