"""
ru: Тестовая выборка стандартизована собственными статистиками.
en: The test set is standardised with statistics of its own.
"""

import numpy as np

FAILS = ["dataset_test"]


class StandardizedDataset:
    def __init__(self, features, targets, train=None):
        self.features, self.targets = features, targets
        self.mean = features.mean(axis=0)
        self.std = np.where(np.ptp(features, axis=0) > 0, features.std(axis=0), 1.0)
