"""
ru: Признаки остались float64, как в NumPy.
en: The features stay float64, as in NumPy.
"""

import torch

FAILS = ["dataset_types"]


class StandardizedDataset:
    def __getitem__(self, index):
        row = (self.features[index] - self.mean) / self.std
        return torch.tensor(row), torch.tensor(int(self.targets[index]))
