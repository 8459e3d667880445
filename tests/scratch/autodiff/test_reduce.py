"""Sums, means, extremes and log-domain reductions over axes, against torch."""

import numpy as np
import pytest
import torch

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor

AXES = [0, 1, -1, (0, 2), (0, 1, 2)]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "logsumexp"])
def test_a_reduction_over_axes_agrees_with_torch(agrees, rng, name, axis, keepdims):
    theirs = {"max": "amax", "min": "amin"}.get(name, name)
    agrees(
        lambda x: getattr(x, name)(axis, keepdims) ** 2,
        lambda x: getattr(x, theirs)(axis, keepdim=keepdims) ** 2,
        rng.normal(size=(2, 3, 4)),
    )


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
def test_a_reduction_of_everything_agrees_with_torch(agrees, rng, name):
    agrees(
        lambda x: getattr(x, name)() ** 2,
        lambda x: getattr(x, name)() ** 2,
        rng.normal(size=(3, 4)),
    )


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_log_softmax_and_softmax_agree_with_torch(agrees, rng, axis):
    x = rng.normal(size=(3, 4))
    agrees(lambda x: x.log_softmax(axis), lambda x: x.log_softmax(axis), x)
    agrees(lambda x: x.softmax(axis), lambda x: x.softmax(axis), x)


def test_equal_maxima_share_the_gradient(agrees):
    agrees(lambda x: x.max(1), lambda x: x.amax(1), np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]))


def test_log_domain_reductions_do_not_overflow():
    x = Tensor([[1000.0, 1000.0]], requires_grad=True)
    y = x.logsumexp(1)
    y.sum().backward()
    np.testing.assert_allclose(y.data, 1000 + np.log(2))
    np.testing.assert_allclose(x.grad.data, [[0.5, 0.5]])
    np.testing.assert_allclose(x.log_softmax().data, [[-np.log(2)] * 2])


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "logsumexp", "log_softmax"])
def test_a_reduction_keeps_float32(rng, name):
    x = Tensor(rng.normal(size=(3, 4)).astype(np.float32), requires_grad=True)
    y = getattr(x, name)(-1)
    (y * y).sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


@pytest.mark.parametrize("loss", ["cross_entropy", "nll_loss"])
def test_a_classification_loss_agrees_with_torch(agrees, rng, loss):
    target = rng.integers(0, 4, 5)
    theirs = getattr(torch.nn.functional, loss)
    agrees(
        lambda x: getattr(ad, loss)(x, target),
        lambda x: theirs(x, torch.tensor(target)),
        rng.normal(size=(5, 4)),
    )


def test_mse_loss_agrees_with_torch(agrees, rng):
    agrees(ad.mse_loss, torch.nn.functional.mse_loss, *rng.normal(size=(2, 3, 4)))


def test_a_target_for_other_rows_is_refused():
    with pytest.raises(
        ad.ShapeError, match=r"\(3, 4\) must be .* shape \(2,\) one class for each row"
    ):
        ad.nll_loss(Tensor(np.zeros((3, 4))), np.array([0, 1]))


@pytest.mark.parametrize("shape", [(3, 70), (70, 3), (2, 3, 70)])
@pytest.mark.parametrize("axis", [0, 1, (1,), -1])
def test_narrow_and_wide_arrays_are_summed_alike(agrees, rng, shape, axis):
    agrees(lambda x: x.sum(axis) ** 2, lambda x: x.sum(axis) ** 2, rng.normal(size=shape))


@pytest.mark.parametrize("axis", [0, 1])
def test_log_softmax_over_a_wide_axis_agrees_with_torch(agrees, rng, axis):
    x = rng.normal(size=(2, 70) if axis else (70, 2))
    agrees(lambda x: x.log_softmax(axis), lambda x: x.log_softmax(axis), x)


def test_no_axes_sum_nothing_as_in_numpy(rng):
    x = rng.normal(size=(2, 3))
    np.testing.assert_array_equal(Tensor(x).sum(()).data, x.sum(()))
