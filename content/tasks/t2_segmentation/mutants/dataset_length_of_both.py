"""
ru: Длина — число файлов, а не пар.
en: The length is the number of files rather than of pairs.
"""

FAILS = ["dataset_items"]


class PhotosDataset:
    def __len__(self):
        return sum(len(pair) for pair in self.files)
