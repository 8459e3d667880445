"""
ru: Файлы берутся в том порядке, в каком их отдаёт папка.
en: Files are taken in the order in which the folder gives them.
"""

FAILS = ["dataset_items"]


class PhotosDataset:
    def __init__(
        self, images_dir, target_dir, transforms=None, *, foreground="half", mask_suffix=""
    ):
        images = pictures_by_stem(Path(images_dir), "")
        masks = pictures_by_stem(Path(target_dir), mask_suffix)
        if not images:
            raise MissingData(f"{images_dir}: there are no pictures here")
        if images.keys() != masks.keys():
            raise FormatError(unpaired_stems(Path(images_dir), Path(target_dir), images, masks))
        self.stems = [file.stem for file in sorted(Path(images_dir).iterdir())]
        self.files = [(images[stem], masks[stem]) for stem in self.stems]
        self.transforms = transforms
        self.foreground = foreground
