"""
ru: Отражён первый индекс: верх и низ.
en: The first axis is flipped: up and down.
"""

FAILS = ["flip_of_pair"]


class HorizontalFlip:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        return image[::-1].copy(), mask[::-1].copy()
