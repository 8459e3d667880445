"""
ru: Последнее место никогда не выпадает: забыта единица.
en: The last place is never drawn: a one is forgotten.
"""

FAILS = ["crop_from_anywhere"]


class RandomCrop:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        height, width = mask.shape
        if height < self.height or width < self.width:
            raise ShapeError(f"a crop of {self.height}×{self.width} doesn't fit")
        top = rng.integers(max(1, height - self.height))
        left = rng.integers(max(1, width - self.width))
        rows, columns = slice(top, top + self.height), slice(left, left + self.width)
        return image[rows, columns], mask[rows, columns]
