"""
ru: Маска не отражена.
en: The mask is not flipped.
"""

FAILS = ["flip_of_pair"]


class HorizontalFlip:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        return image[:, ::-1].copy(), mask
