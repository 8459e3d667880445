"""Repairs of masks by morphology, and the measure of what they gain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import measure, morphology

from praktikum.vision.errors import SettingError
from praktikum.vision.postprocessing import (
    PostProcessing,
    filled_holes,
    large_components,
    measure_gain,
    smoothed_borders,
)

MASKS = arrays(bool, (9, 8))


def drawn(*rows):
    return np.array([[pixel == "#" for pixel in row] for row in rows])


@given(MASKS)
def test_the_largest_component_is_that_of_skimage(mask):
    labels = measure.label(mask, connectivity=2)
    largest = max((region.area for region in measure.regionprops(labels)), default=0)
    expected = np.isin(labels, [r.label for r in measure.regionprops(labels) if r.area == largest])
    np.testing.assert_array_equal(large_components(mask), expected)


def test_a_second_person_stays_and_a_crumb_goes():
    mask = drawn("####....", "####..##", "####..##", ".......#", "#.......")
    kept = large_components(mask, share=0.3)
    np.testing.assert_array_equal(
        kept, drawn("####....", "####..##", "####..##", ".......#", "........")
    )


@given(MASKS, st.integers(0, 12))
def test_holes_up_to_a_size_are_filled_as_skimage_does(mask, area):
    inside = morphology.flood_fill(np.pad(mask, 1).astype(np.uint8), (0, 0), 1, connectivity=1)
    holes = measure.label(inside[1:-1, 1:-1] == 0, connectivity=1)
    small = [r.label for r in measure.regionprops(holes) if r.area <= area]
    np.testing.assert_array_equal(filled_holes(mask, area), mask | np.isin(holes, small))


def test_a_bay_open_to_the_border_is_no_hole():
    mask = drawn("####", "#..#", "#..#", "#..#")
    np.testing.assert_array_equal(filled_holes(mask), mask)


@pytest.mark.parametrize("radius", [1, 2])
def test_borders_are_smoothed_as_by_skimages_opening_and_closing(radius):
    mask = np.random.default_rng(0).random((30, 24)) > 0.4
    mask = np.pad(mask, 8)  # away from the border both agree on what lies beyond
    opened = morphology.opening(mask, morphology.disk(radius))
    expected = morphology.closing(opened, morphology.disk(radius))
    np.testing.assert_array_equal(smoothed_borders(mask, radius), expected)


def test_a_person_cut_by_the_border_is_not_eaten_there():
    mask = np.zeros((12, 10), bool)
    mask[:, 3:7] = True
    np.testing.assert_array_equal(smoothed_borders(mask, 1), mask)


def test_a_spike_is_taken_off_and_a_crack_closed():
    mask = np.zeros((15, 15), bool)
    mask[3:12, 3:12] = True
    spoilt = mask.copy()
    spoilt[1:3, 7] = True  # of which a disk of one pixel can stand on the lower half
    spoilt[5:9, 6] = False
    smooth = smoothed_borders(spoilt, 1)
    assert not smooth[1, 7]
    assert smooth[5:9, 6].all()


@given(MASKS)
def test_nothing_is_repaired_when_nothing_is_asked_for(mask):
    unchanged = PostProcessing(radius=0, share=0, max_hole=0)(mask)
    np.testing.assert_array_equal(unchanged, mask)


@given(MASKS)
def test_the_mask_that_came_is_not_written_to(mask):
    before = mask.copy()
    PostProcessing()(mask)
    np.testing.assert_array_equal(mask, before)


def test_the_gain_is_the_iou_with_noise_and_without():
    target = np.zeros((2, 20, 20), bool)
    target[:, 4:16, 6:14] = True  # 96 pixels
    predicted = target.copy()
    predicted[:, 0, 0] = True
    predicted[:, 8, 9] = False
    gain = measure_gain(predicted, target, PostProcessing(radius=0))
    assert gain.before == pytest.approx(95 / 97)
    assert gain.after == 1.0


@pytest.mark.parametrize("setting", [{"radius": -1}, {"share": 1.5}, {"max_hole": -2}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(SettingError, match="at least 0 pixels and share from 0 to 1"):
        PostProcessing(**setting)
