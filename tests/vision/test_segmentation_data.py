"""From pairs of bytes to the tensors that a model takes."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from praktikum.vision.augmentation import Brightness, Compose, HorizontalFlip
from praktikum.vision.segmentation_data import AugmentedPairs, denormalised, to_tensors

AUGMENTATION = Compose([HorizontalFlip(), Brightness(0.3, 1.0)])


@pytest.fixture
def pairs():
    rng = np.random.default_rng(0)
    return [
        (rng.integers(0, 256, (6, 5, 3), np.uint8), rng.integers(0, 3, (6, 5), np.uint8))
        for _ in range(6)
    ]


def images_of(dataset, **loading):
    return torch.cat([images for images, _ in DataLoader(dataset, batch_size=2, **loading)])


def test_tensors_are_channels_first_and_normalised_as_imagenet(pairs):
    image, mask = to_tensors(*pairs[0])
    expected = (pairs[0][0] / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(image.permute(1, 2, 0), expected, rtol=1e-5)
    np.testing.assert_array_equal(mask[0], pairs[0][1] > 0)


def test_a_normalised_image_can_be_shown_again(pairs):
    image, _ = to_tensors(*pairs[0])
    np.testing.assert_allclose(denormalised(image).permute(1, 2, 0) * 255, pairs[0][0], atol=1e-3)


def test_workers_and_order_change_nothing_in_augmentation(pairs):
    dataset = AugmentedPairs(pairs, AUGMENTATION)
    alone = images_of(dataset)
    assert images_of(dataset, num_workers=2).equal(alone)
    assert torch.stack([dataset[index][0] for index in (5, 0)]).equal(alone[[5, 0]])


def test_each_epoch_and_each_seed_augments_anew(pairs):
    dataset = AugmentedPairs(pairs, AUGMENTATION)
    first = images_of(dataset)
    dataset.set_epoch(1)
    assert not images_of(dataset).equal(first)
    dataset.set_epoch(0)
    assert images_of(dataset).equal(first)
    assert not images_of(AugmentedPairs(pairs, AUGMENTATION, seed=1)).equal(first)


def test_without_augmentation_pairs_stay_as_they_are(pairs):
    dataset = AugmentedPairs(pairs)
    assert len(dataset) == 6
    assert dataset[3][0].equal(to_tensors(*pairs[3])[0])
