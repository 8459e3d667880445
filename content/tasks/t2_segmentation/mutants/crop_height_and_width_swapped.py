"""
ru: Высота и ширина перепутаны.
en: Height and width are mixed up.
"""

FAILS = ["crop_keeps_pairs"]


class RandomCrop:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        height, width = mask.shape
        if height < self.height or width < self.width:
            raise ShapeError(f"a crop of {self.height}×{self.width} doesn't fit")
        top = rng.integers(max(1, height - self.width + 1))
        left = rng.integers(max(1, width - self.height + 1))
        rows, columns = slice(top, top + self.width), slice(left, left + self.height)
        return image[rows, columns], mask[rows, columns]
