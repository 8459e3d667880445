"""
ru: Маска отдана, как лежит в файле: нули и 255.
en: The mask is given as it lies in the file: zeros and 255.
"""

import numpy as np

FAILS = ["dataset_items"]


class PhotosDataset:
    def __getitem__(self, index):
        image_file, mask_file = self.files[index]
        image = read_photo(image_file)
        mask = np.array(PillowImage.open(mask_file))
        if image.shape[:2] != mask.shape:
            raise FormatError(f"{mask_file}: the mask must be as large as the photo")
        return self.transforms(image, mask) if self.transforms else (image, mask)
