"""
ru: Вырезка всегда из середины.
en: The crop is always of the middle.
"""

FAILS = ["crop_from_anywhere"]


class RandomCrop:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        height, width = mask.shape
        if height < self.height or width < self.width:
            raise ShapeError(f"a crop of {self.height}×{self.width} doesn't fit")
        top, left = (height - self.height) // 2, (width - self.width) // 2
        rows, columns = slice(top, top + self.height), slice(left, left + self.width)
        return image[rows, columns], mask[rows, columns]
