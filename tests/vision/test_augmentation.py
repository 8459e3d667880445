"""Augmentations of image and mask together, ours and those of albumentations-style libraries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from praktikum.vision.augmentation import (
    BackgroundReplacement,
    Brightness,
    Compose,
    HorizontalFlip,
    RandomCrop,
    Resize,
)
from praktikum.vision.augmentation_adapters import as_albumentations, from_albumentations
from praktikum.vision.errors import SettingError, ShapeError


def rng_of(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture
def pair():
    """Every pixel is unlike the others, and the mask says which ones are dark."""
    image = rng_of(3).integers(0, 256, (14, 11, 3), dtype=np.uint8)
    return image, (image[..., 0] < 100).astype(np.uint8)


AUGMENTATIONS = [
    HorizontalFlip(0.5),
    RandomCrop(7, 5),
    Brightness(0.4, 0.8),
    BackgroundReplacement([np.full((20, 30, 3), 255, np.uint8)], 0.7),
    Compose([RandomCrop(8, 8), HorizontalFlip(), Brightness()]),
]
MOVING = [HorizontalFlip(0.5), RandomCrop(7, 5), Compose([RandomCrop(8, 8), HorizontalFlip()])]


def test_the_flip_is_pillows_mirror(pair):
    image, mask = HorizontalFlip(1.0)(*pair, rng_of())
    np.testing.assert_array_equal(image, ImageOps.mirror(Image.fromarray(pair[0])))
    np.testing.assert_array_equal(mask, ImageOps.mirror(Image.fromarray(pair[1])))


@pytest.mark.parametrize("augmentation", MOVING)
@given(seed=st.integers(0, 10_000))
def test_every_pixel_keeps_its_label(augmentation, seed):
    image = rng_of(3).integers(0, 256, (14, 11, 3), dtype=np.uint8)
    new_image, new_mask = augmentation(image, (image[..., 0] < 100).astype(np.uint8), rng_of(seed))
    np.testing.assert_array_equal(new_mask, new_image[..., 0] < 100)


@given(seed=st.integers(0, 10_000))
def test_a_crop_is_a_part_of_the_image(seed):
    numbered = np.arange(9 * 8, dtype=np.uint8).reshape(9, 8)
    _, part = RandomCrop(4, 3)(np.stack([numbered] * 3, axis=2), numbered, rng_of(seed))
    top, left = divmod(int(part[0, 0]), 8)
    np.testing.assert_array_equal(part, numbered[top : top + 4, left : left + 3])


def test_every_place_of_a_crop_is_drawn():
    numbered = np.arange(12, dtype=np.uint8).reshape(3, 4)
    rng, corners = rng_of(), set()
    for _ in range(200):
        _, part = RandomCrop(2, 2)(np.stack([numbered] * 3, axis=2), numbered, rng)
        corners.add(int(part[0, 0]))
    assert corners == {0, 1, 2, 4, 5, 6}


@given(seed=st.integers(0, 10_000), limit=st.floats(0, 1))
def test_brightness_adds_one_number_and_cuts(seed, limit):
    image = rng_of(1).integers(0, 256, (5, 4, 3), dtype=np.uint8)
    changed, _ = Brightness(limit, p=1.0)(image, image[..., 0], rng_of(seed))
    shifts = np.arange(-255, 256)
    explained = [s for s in shifts if (np.clip(image.astype(int) + s, 0, 255) == changed).all()]
    assert min(abs(s) for s in explained) <= round(255 * limit)


def test_brightness_goes_both_ways(pair):
    rng = rng_of()
    means = [Brightness(0.3, 1.0)(*pair, rng)[0].mean() for _ in range(50)]
    assert min(means) < pair[0].mean() < max(means)


def test_a_new_background_is_seen_outside_of_the_mask_only(pair):
    red = np.zeros((40, 25, 3), np.uint8) + np.array([255, 0, 0], np.uint8)
    image, mask = BackgroundReplacement([red], p=1.0)(*pair, rng_of())
    np.testing.assert_array_equal(image[mask == 1], pair[0][mask == 1])
    assert (image[mask == 0] == [255, 0, 0]).all()


def test_all_backgrounds_are_used_and_none_is_stretched(pair):
    rows = np.arange(28, dtype=np.uint8)[:, None, None] * np.ones((1, 200, 3), np.uint8)
    columns = np.arange(200, dtype=np.uint8)[None, :, None] * np.ones((28, 1, 3), np.uint8)
    replace, empty, rng = (
        BackgroundReplacement([rows, columns], 1.0),
        np.zeros((14, 11), np.uint8),
        rng_of(),
    )
    steps = set()
    for _ in range(20):
        image = replace(pair[0], empty, rng)[0].astype(int)
        steps.add((int(image[8, 5, 0] - image[7, 5, 0]), int(image[7, 6, 0] - image[7, 5, 0])))
    assert steps == {(2, 0), (0, 2)}  # twice as coarse both ways


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_a_generator_gives_the_same_pair_again(augmentation, pair):
    first, second = (augmentation(*pair, rng_of(5)) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_what_came_in_is_not_written_to(augmentation, pair):
    before = pair[0].copy(), pair[1].copy()
    for seed in range(10):
        augmentation(*pair, rng_of(seed))
    np.testing.assert_array_equal(pair[0], before[0])
    np.testing.assert_array_equal(pair[1], before[1])


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    "augmentation",
    [
        HorizontalFlip,
        lambda p: Brightness(0.4, p),
        lambda p: RandomCrop(7, 5, p),
        lambda p: BackgroundReplacement([np.full((20, 30, 3), 255, np.uint8)], p),
    ],
)
def test_p_is_the_share_of_changed_images(augmentation, p, pair):
    rng, change = rng_of(), augmentation(p)
    changed = [not np.array_equal(change(*pair, rng)[0], pair[0]) for _ in range(300)]
    assert np.mean(changed) == pytest.approx(p, abs=0.08)


def test_arrays_that_must_not_be_written_are_taken(pair):
    for array in pair:
        array.flags.writeable = False
    image, _ = Compose([HorizontalFlip(1.0), Brightness(0.2, 1.0)])(*pair, rng_of())
    assert image.shape == pair[0].shape


def test_composed_arrays_are_contiguous(pair):
    assert all(part.flags.c_contiguous for part in Compose([RandomCrop(3, 4)])(*pair, rng_of()))


def test_a_resized_mask_has_no_new_values(pair):
    mask = pair[1] * 7
    image, resized = Resize(29, 31)(pair[0], mask)
    assert image.shape == (29, 31, 3)
    assert resized.shape == (29, 31)
    assert set(np.unique(resized)) == {0, 7}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HorizontalFlip(1.5), "p must be a probability from 0 to 1, got 1.5"),
        (lambda: Brightness(2), "limit must be a share of 255 from 0 to 1, got 2"),
        (lambda: RandomCrop(0, 4), "at least 1 pixel each way, got 0×4"),
        (lambda: Resize(4, 0), "at least 1 pixel each way, got 4×0"),
        (lambda: BackgroundReplacement([]), "at least one image, got none"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()


def test_a_crop_larger_than_the_image_is_refused(pair):
    with pytest.raises(ShapeError, match="a crop of 20×5 doesn't fit into 14×11"):
        RandomCrop(20, 5)(*pair, rng_of())


def test_a_mask_of_another_size_is_refused(pair):
    with pytest.raises(ShapeError, match=r"one height and width, got \(14, 11\) and \(14, 10\)"):
        Compose([])(pair[0], pair[1][:, :10], rng_of())


class TheirFlip:
    """Behaves as albumentations' Compose does: named arrays, a dictionary, a seed of its own."""

    def set_random_seed(self, seed):
        self.rng = rng_of(seed)

    def __call__(self, *, image, mask):
        if self.rng.random() < 0.5:
            image, mask = image[:, ::-1], mask[:, ::-1]
        return {"image": image, "mask": mask}


def test_another_librarys_draws_follow_our_generator(pair):
    theirs = from_albumentations(TheirFlip())
    flipped = [not np.array_equal(theirs(*pair, rng_of(seed))[1], pair[1]) for seed in range(40)]
    again = [not np.array_equal(theirs(*pair, rng_of(seed))[1], pair[1]) for seed in range(40)]
    assert flipped == again
    assert 10 < sum(flipped) < 30


def test_a_library_without_a_seed_is_refused():
    with pytest.raises(SettingError, match="has no set_random_seed"):
        from_albumentations(lambda **pair: pair)


def test_a_seeding_function_of_ones_own_will_do(pair):
    seeds = []
    from_albumentations(lambda **arrays: arrays, reseed=seeds.append)(*pair, rng_of())
    assert len(seeds) == 1


def test_our_augmentations_can_be_called_by_name(pair):
    changed = as_albumentations(HorizontalFlip(1.0), rng_of())(image=pair[0], mask=pair[1])
    np.testing.assert_array_equal(changed["image"], pair[0][:, ::-1])
    np.testing.assert_array_equal(changed["mask"], pair[1][:, ::-1])


def test_albumentations_itself_can_be_adapted(pair):
    albumentations = pytest.importorskip("albumentations")  # only benchmarks install it
    theirs = from_albumentations(albumentations.Compose([albumentations.HorizontalFlip(p=0.5)]))
    drawn = [theirs(*pair, rng_of(seed))[1] for seed in range(30)]
    again = [theirs(*pair, rng_of(seed))[1] for seed in range(30)]
    np.testing.assert_array_equal(drawn, again)
    assert len({part.tobytes() for part in drawn}) == 2
