"""
ru: Фотографии без масок молча выброшены.
en: Photos without masks are dropped silently.
"""

FAILS = ["dataset_refuses"]


class PhotosDataset:
    def __init__(
        self, images_dir, target_dir, transforms=None, *, foreground="half", mask_suffix=""
    ):
        images = pictures_by_stem(Path(images_dir), "")
        masks = pictures_by_stem(Path(target_dir), mask_suffix)
        if not images:
            raise MissingData(f"{images_dir}: there are no pictures here")
        images = {stem: file for stem, file in images.items() if stem in masks}
        self.stems = sorted(images)
        self.files = [(images[stem], masks[stem]) for stem in self.stems]
        self.transforms = transforms
        self.foreground = foreground
