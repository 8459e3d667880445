"""
ru: Фон вписан прямо в пришедшее изображение.
en: The background is written into the image that came in.
"""

FAILS = ["background_replaced", "augmentations_with_probability", "augmentations_leave_arguments"]


class BackgroundReplacement:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        background = self.backgrounds[int(rng.integers(len(self.backgrounds)))]
        replaced = random_cut(background, mask.shape[0], mask.shape[1], rng)
        image[mask == 0] = replaced[mask == 0]
        return image, mask
