"""
ru: Отражается с вероятностью 1 − p.
en: It flips with probability 1 − p.
"""

FAILS = ["flip_of_pair", "augmentations_with_probability"]


class HorizontalFlip:
    def __call__(self, image, mask, rng):
        if rng.random() < self.p:
            return image, mask
        return image[:, ::-1].copy(), mask[:, ::-1].copy()
