"""Convolution and max-pooling, against torch, with gradients of gradients."""

import numpy as np
import pytest
import torch

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor

F = torch.nn.functional
WINDOWS = [(1, 0), (2, 1), ((2, 1), (0, 2)), (3, 2)]


@pytest.mark.parametrize("channels", [(3, 4), (4, 2)])
@pytest.mark.parametrize(("stride", "padding"), WINDOWS)
def test_conv2d_agrees_with_torch_to_the_second_order(agrees, rng, stride, padding, channels):
    agrees(
        lambda x, w, b: ad.conv2d(x, w, b, stride, padding),
        lambda x, w, b: F.conv2d(x, w, b, stride, padding),
        rng.normal(size=(2, channels[0], 6, 7)),
        rng.normal(size=(channels[1], channels[0], 3, 2)),
        rng.normal(size=channels[1]),
    )


def test_conv2d_agrees_with_torch_to_the_third_order(rng, near):
    x, w = rng.normal(size=(1, 2, 5, 5)), rng.normal(size=(3, 2, 3, 3))

    def third(tensor, grad, conv2d):
        a, b = tensor(x), tensor(w)
        total = (conv2d(a, b) ** 3).sum()
        for _ in range(3):
            total = (grad(total, a, create_graph=True)[0] ** 2).sum() + (b**2).sum()
        return grad(total, b)[0]

    ours = third(lambda v: Tensor(v, requires_grad=True), ad.grad, ad.conv2d)
    theirs = third(
        lambda v: torch.tensor(v, requires_grad=True),
        torch.autograd.grad,
        F.conv2d,
    )
    near(ours, theirs)


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(2, None, 0), (3, 2, 1), ((2, 3), (1, 2), (1, 0)), (3, 1, 0)]
)
def test_max_pool2d_agrees_with_torch_to_the_second_order(agrees, rng, kernel, stride, padding):
    agrees(
        lambda x: ad.max_pool2d(x, kernel, stride, padding) ** 3,
        lambda x: F.max_pool2d(x, kernel, stride, padding) ** 3,
        rng.normal(size=(2, 3, 6, 7)),
    )


def test_the_first_of_equal_maxima_takes_the_gradient(agrees):
    agrees(lambda x: ad.max_pool2d(x, 2), lambda x: F.max_pool2d(x, 2), np.ones((1, 1, 4, 4)))


def test_convolution_and_pooling_keep_float32(rng):
    x, w = (
        Tensor(rng.normal(size=shape), requires_grad=True, dtype=np.float32)
        for shape in [(2, 3, 6, 6), (4, 3, 3, 3)]
    )
    y = ad.max_pool2d(ad.conv2d(x, w, padding=1), 2)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == w.grad.dtype == np.float32


def test_channels_that_differ_are_refused():
    with pytest.raises(ad.ShapeError, match=r"conv2d: x of shape \(1, 3, 5, 5\).* the same c_in"):
        ad.conv2d(Tensor(np.ones((1, 3, 5, 5))), np.ones((2, 4, 3, 3)))


def test_a_kernel_larger_than_the_image_is_refused():
    with pytest.raises(ad.ShapeError, match=r"conv2d: a kernel \(5, 5\) .* no place on an image"):
        ad.conv2d(Tensor(np.ones((1, 1, 3, 4))), np.ones((1, 1, 5, 5)))


def test_pooling_refuses_windows_of_padding_and_other_shapes():
    with pytest.raises(ad.ShapeError, match=r"must be at most half of the kernel"):
        ad.max_pool2d(Tensor(np.ones((1, 1, 4, 4))), 2, padding=2)
    with pytest.raises(ad.ShapeError, match=r"must be \(batch, channels, height, width\), got"):
        ad.max_pool2d(Tensor(np.ones((4, 4))), 2)
