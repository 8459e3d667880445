"""
ru: Размеры снимка и маски не сравниваются.
en: The sizes of photo and mask are not compared.
"""

FAILS = ["dataset_refuses"]


class PhotosDataset:
    def __getitem__(self, index):
        image_file, mask_file = self.files[index]
        image, mask = read_photo(image_file), read_mask(mask_file, self.foreground)
        return self.transforms(image, mask) if self.transforms else (image, mask)
