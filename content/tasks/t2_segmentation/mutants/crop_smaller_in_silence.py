"""
ru: Вырезка больше картинки молча получается меньше.
en: A crop larger than the picture silently becomes smaller.
"""

FAILS = ["crop_from_anywhere"]


class RandomCrop:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        height, width = mask.shape
        top = rng.integers(max(0, height - self.height) + 1)
        left = rng.integers(max(0, width - self.width) + 1)
        rows, columns = slice(top, top + self.height), slice(left, left + self.width)
        return image[rows, columns], mask[rows, columns]
