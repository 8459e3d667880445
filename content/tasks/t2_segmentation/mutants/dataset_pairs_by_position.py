"""
ru: Пары — это соседи в двух отсортированных списках файлов.
en: Pairs are neighbours in two sorted lists of files.
"""

FAILS = ["dataset_pairs"]


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
        self.stems = sorted(images)
        by_name = sorted(masks.values(), key=lambda file: file.stem)
        self.files = list(zip([images[stem] for stem in self.stems], by_name))
        self.transforms = transforms
        self.foreground = foreground
