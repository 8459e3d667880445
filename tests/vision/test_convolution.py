"""Convolution and pooling in NumPy against torch, over shapes and settings."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from praktikum.vision.convolution import avg_pool2d, conv2d, max_pool2d, output_size, windows
from praktikum.vision.errors import ShapeError


@st.composite
def settings_of_a_convolution(draw):
    """Return shapes and settings under which at least one window fits."""
    kernel = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    padding, dilation = draw(st.integers(0, 2)), draw(st.integers(1, 3))
    least = [max(1, dilation * (side - 1) + 1 - 2 * padding) for side in kernel]
    height, width = (side + draw(st.integers(0, 5)) for side in least)
    groups, per_group, out = (draw(st.integers(1, 3)) for _ in range(3))
    shapes = (draw(st.integers(1, 3)), groups * per_group, height, width)
    weight = (groups * out, per_group, *kernel)
    keywords = {"stride": draw(st.integers(1, 3)), "padding": padding, "dilation": dilation}
    return shapes, weight, keywords | {"groups": groups}


@given(settings_of_a_convolution(), st.integers(0, 99))
def test_a_convolution_is_that_of_torch(settings, seed):
    shape, weight_shape, keywords = settings
    rng = np.random.default_rng(seed)
    images, weight = rng.normal(size=shape), rng.normal(size=weight_shape)
    bias = rng.normal(size=weight_shape[0]) if seed % 2 else None
    expected = functional.conv2d(
        torch.tensor(images),
        torch.tensor(weight),
        None if bias is None else torch.tensor(bias),
        **keywords,
    )
    found = conv2d(images, weight, bias, **keywords)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype):
    images, weight = np.ones((1, 2, 5, 5), dtype), np.ones((3, 2, 3, 3), dtype)
    assert conv2d(images, weight, np.ones(3, dtype), padding=1).dtype == dtype


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(max_pool2d, functional.max_pool2d), (avg_pool2d, functional.avg_pool2d)],
)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(0, 99))
def test_a_pooling_is_that_of_torch(ours, theirs, kernel, stride, padding, seed):
    padding = min(padding, kernel // 2)
    images = np.random.default_rng(seed).normal(size=(2, 3, 6, 7)) - 5  # padding must not win
    expected = theirs(torch.tensor(images), kernel, stride, padding).numpy()
    np.testing.assert_allclose(ours(images, kernel, stride, padding), expected, atol=1e-12)
    apart = theirs(torch.tensor(images), kernel).numpy()
    np.testing.assert_allclose(ours(images, kernel), apart, atol=1e-12)


def test_windows_are_a_view_without_a_copy():
    images = np.zeros((1, 1, 4, 4))
    every = windows(images, (3, 3))
    assert every.shape == (1, 1, 2, 2, 3, 3)
    assert np.shares_memory(every, images)


def test_a_line_detector_finds_its_line():
    image = np.zeros((1, 1, 5, 5))
    image[0, 0, :, 2] = 1  # worked by hand: left of a bright column the slope is up, right down
    slope = np.array([[[[-1.0, 0.0, 1.0]]]])
    np.testing.assert_array_equal(conv2d(image, slope)[0, 0, 0], [1, 0, -1])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: output_size(4, 5), "covers 5 pixels, but an image of 4 with padding 0 has 4"),
        (lambda: output_size(4, 3, dilation=2), "with dilation 2 covers 5 pixels"),
        (lambda: output_size(4, 3, stride=0), "stride=0"),
        (lambda: conv2d(np.ones((1, 3, 4, 4)), np.ones((2, 2, 3, 3))), "the images have 3"),
        (lambda: max_pool2d(np.ones((1, 1, 4, 4)), 2, padding=2), "at most half of the kernel=2"),
    ],
)
def test_shapes_that_do_not_fit_are_named(call, said):
    with pytest.raises(ShapeError, match=said):
        call()
