"""Checks of the Dataset that standardises.

The oracle: scikit-learn's scaler.
"""

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from praktikum.checks import check, close, equal


def table_case(rng):
    train = rng.normal(5, 3, size=(20, 4))
    train[:, 2] = 7.0  # a constant feature, like the corner pixels of the digits
    test = rng.normal(4, 1, size=(6, 4))
    return train, rng.integers(10, size=20), test, rng.integers(10, size=6)


def rows(dataset):
    features, targets = zip(*(dataset[i] for i in range(len(dataset))), strict=True)
    return np.stack([np.asarray(row) for row in features]), np.asarray(targets)


@check(part="dataset")
def dataset_train(sub, rng):
    """
    ru: Обучающая выборка: нулевое среднее, единичная дисперсия, постоянный признак стал нулём.
    en: The training set: zero mean, unit variance, the constant feature became zero.
    """
    train, targets, _, _ = table_case(rng)
    features, labels = rows(sub.StandardizedDataset(train, targets))
    return {"features": features, "targets": labels}


@dataset_train.expects
def _(rng):
    train, targets, _, _ = table_case(rng)
    return {
        "features": close(StandardScaler().fit_transform(train), rtol=1e-5, atol=1e-6),
        "targets": equal(targets),
    }


@check(part="dataset")
def dataset_test(sub, rng):
    """
    ru: Тестовая выборка преобразована статистиками обучающей.
    en: The test set is transformed with the statistics of the training set.
    hint ru: Если тест центрировать по себе, у теста всегда будет нулевое среднее.
    hint en: A test set centred by itself always has zero mean.
    """
    train, train_targets, test, test_targets = table_case(rng)
    fitted = sub.StandardizedDataset(train, train_targets)
    features, labels = rows(sub.StandardizedDataset(test, test_targets, train=fitted))
    return {"features": features, "targets": labels}


@dataset_test.expects
def _(rng):
    train, _, test, test_targets = table_case(rng)
    scaled = StandardScaler().fit(train).transform(test)
    return {"features": close(scaled, rtol=1e-5, atol=1e-6), "targets": equal(test_targets)}


@check(part="dataset")
def dataset_types(sub, rng):
    """
    ru: DataLoader собирает батч float32-признаков и int64-меток.
    en: A DataLoader collates a batch of float32 features and int64 targets.
    """
    train, targets, _, _ = table_case(rng)
    dataset = sub.StandardizedDataset(train, targets.astype(np.int32))
    features, labels = next(iter(torch.utils.data.DataLoader(dataset, batch_size=5)))
    return {
        "length": len(dataset),
        "shapes": [*features.shape, *labels.shape],
        "dtypes": [str(features.dtype), str(labels.dtype)],
    }


@dataset_types.expects
def _(rng):
    del rng
    return {
        "length": equal(20),
        "shapes": equal([5, 4, 5]),
        "dtypes": equal(["torch.float32", "torch.int64"]),
    }
