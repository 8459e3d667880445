"""
ru: Размеры снимка и маски не сравниваются.
en: The sizes of image and mask are not compared.
"""

FAILS = ["compose_in_order"]


class Compose:
    def __call__(self, image, mask, rng):
        for step in self.steps:
            image, mask = step(image, mask, rng)
        return image, mask
