"""Labelled pictures: parts of a set, random changes of a picture, the sets that are always here."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from praktikum.data import ImageExamples, LabelledImages, ShiftAndFlip, digits, patches
from praktikum.data.errors import DataError
from praktikum.data.patches import PHOTOGRAPHS

CLASSES = ("cat", "dog", "newt")


@pytest.fixture
def images():
    """Twelve pictures whose pixels are their own number, four of each class."""
    pixels = np.arange(12, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 5, 6), np.uint8)
    return LabelledImages(pixels, np.arange(12) % 3, CLASSES)


def numbers(images):
    return images.images[:, 0, 0, 0].tolist()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_few_of_each_class_and_the_others_are_the_whole(images, rng):
    few, others = images.per_class(3, rng)
    assert np.bincount(few.labels).tolist() == [3, 3, 3]
    assert sorted(numbers(few) + numbers(others)) == list(range(12))
    assert (few.images[:, 0, 0, 0] % 3 == few.labels).all()


def test_what_is_put_aside_is_not_trained_on(images, rng):
    aside, rest = images.split(5, rng)
    assert len(aside) == 5
    assert sorted(numbers(aside) + numbers(rest)) == list(range(12))


def test_classes_are_renumbered_in_the_order_given(images):
    some = images.of_classes([2, 0])
    assert some.classes == ("newt", "cat")
    assert numbers(some) == [0, 2, 3, 5, 6, 8, 9, 11]
    assert some.labels.tolist() == [1, 0] * 4


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda images: images.per_class(5, np.random.default_rng()), "of class 'cat' there are 4"),
        (lambda images: images.split(12, np.random.default_rng()), "cannot put aside 12 of 12"),
        (lambda images: images.split(0, np.random.default_rng()), "cannot put aside 0 of 12"),
        (
            lambda images: LabelledImages(images.images, images.labels[:3], CLASSES),
            "12 pictures came with 3 labels",
        ),
        (
            lambda images: LabelledImages(images.images, images.labels, CLASSES[:2]),
            "labels must be from 0 to 1 for 2 classes, got 0 to 2",
        ),
        (lambda _: ShiftAndFlip(shift=-1), "shift=-1 must be at least 0 pixels"),
    ],
)
def test_what_cannot_be_is_said(action, said, images):
    with pytest.raises(DataError, match=said):
        action(images)


def test_an_example_depends_on_seed_epoch_and_number_alone():
    change = ShiftAndFlip(shift=2, flip=True)
    once, again = (ImageExamples(digits().train, change, seed=3) for _ in range(2))
    forwards = [once[index][0] for index in range(50)]
    backwards = [again[index][0] for index in reversed(range(50))]
    np.testing.assert_array_equal(forwards, backwards[::-1])
    once.set_epoch(1)
    assert (np.stack([once[index][0] for index in range(50)]) != forwards).any()


def test_shifts_and_flips_are_those_that_were_asked_for(rng):
    image = np.zeros((1, 9, 9), np.uint8)
    image[0, 4, 3] = 255  # off the middle, so that a mirrored one is seen
    change = ShiftAndFlip(shift=2, flip=True)
    places = {tuple(np.argwhere(change(image, rng)[0])[0].tolist()) for _ in range(600)}
    moved = {(4 + down, 3 + across) for down in range(-2, 3) for across in range(-2, 3)}
    assert places == moved | {(row, 8 - column) for row, column in moved}


def test_what_enters_repeats_the_border(rng):
    image = np.full((1, 4, 4), 200, np.uint8)
    assert all((ShiftAndFlip(shift=3)(image, rng) == 200).all() for _ in range(20))


def test_digits_are_those_of_scikit_learn():
    train, test = digits()
    assert (len(train), len(test)) == (1347, 450)
    assert train.images.shape[1:] == (1, 8, 8)
    ours = np.concatenate([train.images, test.images]).reshape(-1, 64)
    theirs = np.rint(load_digits().data * 255 / 16)
    assert sorted(map(bytes, ours)) == sorted(map(bytes, theirs.astype(np.uint8)))
    model = LogisticRegression(C=0.01, max_iter=500)
    model.fit(train.images.reshape(-1, 64), train.labels)
    assert model.score(test.images.reshape(-1, 64), test.labels) > 0.95  # labels go with pictures


def test_patches_are_balanced_equal_in_brightness_and_repeatable():
    train, test = patches(per_class=2, seed=5)
    assert train.images.shape == test.images.shape == (30, 1, 64, 64)
    assert np.bincount(test.labels).tolist() == [2] * len(PHOTOGRAPHS)
    assert np.abs(train.images.mean(axis=(1, 2, 3)) - 127).max() < 12
    np.testing.assert_array_equal(patches(per_class=2, seed=5).train.images, train.images)
    assert (patches(per_class=2, seed=6).train.images != train.images).any()
