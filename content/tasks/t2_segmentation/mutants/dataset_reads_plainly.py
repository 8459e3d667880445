"""
ru: Файл открыт без поворота EXIF и без перевода в RGB.
en: The file is opened without EXIF rotation and without conversion to RGB.
"""

import numpy as np

FAILS = ["dataset_upright"]


class PhotosDataset:
    def __getitem__(self, index):
        image_file, mask_file = self.files[index]
        image, mask = np.array(PillowImage.open(image_file)), read_mask(mask_file, self.foreground)
        if image.shape[:2] != mask.shape:
            raise FormatError(f"{mask_file}: the mask must be as large as the photo")
        return self.transforms(image, mask) if self.transforms else (image, mask)
