"""The oracle of automatic differentiation: torch, in float64, to 1e-9 of the largest element."""

import numpy as np
import pytest
import torch

from praktikum.scratch.autodiff import Tensor, grad


def assert_near(ours, theirs):
    """Equal shapes, and elements equal to 1e-9 of the largest."""
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape
    scale = np.abs(theirs).max(initial=1e-3)
    np.testing.assert_allclose(ours.detach().numpy() / scale, theirs / scale, rtol=0, atol=1e-9)


def smooth_zero(tensors):
    """Zero that depends on every tensor, so that no second-order gradient is missing."""
    return sum((x**3).sum() * 0.0 for x in tensors)


@pytest.fixture
def agrees(rng):
    """A function (ours, torch's, arrays...) that compares values, gradients and their gradients."""

    def check(ours, theirs, *arrays):
        xs = [Tensor(array, requires_grad=True) for array in arrays]
        zs = [torch.tensor(array, requires_grad=True) for array in arrays]
        y, z = ours(*xs), theirs(*zs)
        assert_near(y, z)
        weight = rng.normal(size=y.shape)
        plain = grad(y, xs, weight, retain_graph=True)
        first = grad(y, xs, Tensor(weight, requires_grad=True), create_graph=True)
        reference = torch.autograd.grad(
            z, zs, torch.tensor(weight, requires_grad=True), create_graph=True
        )
        for mine, recorded, torchs in zip(plain, first, reference, strict=True):
            assert_near(mine, torchs)
            assert_near(recorded, torchs)
        weights = [rng.normal(size=array.shape) for array in arrays]
        mine = sum((g * w).sum() for g, w in zip(first, weights, strict=True))
        torchs = sum((g * torch.tensor(w)).sum() for g, w in zip(reference, weights, strict=True))
        second = grad(mine + smooth_zero(xs), xs)
        expected = torch.autograd.grad(torchs + smooth_zero(zs), zs)
        for mine, torchs in zip(second, expected, strict=True):
            assert_near(mine, torchs)

    return check


@pytest.fixture
def near():
    """The comparison of a Tensor with torch's, to 1e-9 of the largest element."""
    return assert_near
