"""
ru: Преобразован только снимок, а маска осталась прежней.
en: Only the photo is transformed, the mask stays as it was.
"""

import numpy as np

FAILS = ["dataset_transforms"]


class PhotosDataset:
    def __getitem__(self, index):
        image_file, mask_file = self.files[index]
        image, mask = read_photo(image_file), read_mask(mask_file, self.foreground)
        if image.shape[:2] != mask.shape:
            raise FormatError(f"{mask_file}: the mask must be as large as the photo")
        if self.transforms:
            image = self.transforms(image, np.ones_like(mask))
        return image, mask
