"""
ru: Маска вырезана из другого места.
en: The mask is cut from another place.
"""

FAILS = ["crop_keeps_pairs"]


class RandomCrop:
    def __call__(self, image, mask, rng):
        if rng.random() >= self.p:
            return image, mask
        height, width = mask.shape
        if height < self.height or width < self.width:
            raise ShapeError(f"a crop of {self.height}×{self.width} doesn't fit")
        cut = []
        for picture in (image, mask):
            top = rng.integers(height - self.height + 1)
            left = rng.integers(width - self.width + 1)
            cut.append(picture[top : top + self.height, left : left + self.width])
        return tuple(cut)
