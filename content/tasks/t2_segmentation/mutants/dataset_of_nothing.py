"""
ru: Пустая папка — набор длины ноль.
en: An empty folder is a dataset of length zero.
"""

FAILS = ["dataset_refuses"]


class PhotosDataset:
    def __init__(
        self, images_dir, target_dir, transforms=None, *, foreground="half", mask_suffix=""
    ):
        images = pictures_by_stem(Path(images_dir), "")
        masks = pictures_by_stem(Path(target_dir), mask_suffix)
        if images.keys() != masks.keys():
            raise FormatError(unpaired_stems(Path(images_dir), Path(target_dir), images, masks))
        self.stems = sorted(images)
        self.files = [(images[stem], masks[stem]) for stem in self.stems]
        self.transforms = transforms
        self.foreground = foreground
