"""Products of matrices, vectors and batches of them, against torch."""

import numpy as np
import pytest
import torch

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor

SHAPES = [
    ((2, 3), (3, 4)),
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((6, 1, 2, 3), (5, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
]


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_matmul_agrees_with_torch(agrees, rng, left, right):
    agrees(lambda a, b: a @ b, lambda a, b: a @ b, rng.normal(size=left), rng.normal(size=right))


@pytest.mark.parametrize("batch", [(5,), (2, 5)])
def test_linear_agrees_with_torch(agrees, rng, batch):
    agrees(
        ad.linear,
        torch.nn.functional.linear,
        rng.normal(size=(*batch, 3)),
        rng.normal(size=(4, 3)),
        rng.normal(size=4),
    )


def test_an_array_times_a_tensor_is_a_tensor(rng):
    a, b = rng.normal(size=(2, 3)), Tensor(rng.normal(size=(3, 2)), requires_grad=True)
    (a @ b).sum().backward()
    np.testing.assert_allclose(b.grad.data, a.T @ np.ones((2, 2)))


def test_products_keep_float32(rng):
    a = Tensor(rng.normal(size=(2, 3)).astype(np.float32), requires_grad=True)
    y = ad.linear(a, np.ones((4, 3), np.float32), np.ones(4, np.float32)) @ np.ones(4, np.float32)
    y.sum().backward()
    assert y.dtype == a.grad.dtype == np.float32


@pytest.mark.parametrize(
    ("left", "right"), [((2, 3), (2, 3)), ((3,), (2,)), ((3,), (2, 3)), ((2, 3), (2,))]
)
def test_matrices_that_do_not_fit_are_named(left, right):
    with pytest.raises(ad.ShapeError, match=r"matmul: shapes .* do not fit"):
        Tensor(np.ones(left)) @ Tensor(np.ones(right))


def test_a_scalar_is_not_a_matrix():
    with pytest.raises(ad.ShapeError, match=r"\(2, 3\) and \(\): a scalar has no axis; use \*"):
        Tensor(np.ones((2, 3))) @ 2.0


def test_a_weight_and_a_bias_that_do_not_fit_are_named():
    with pytest.raises(ad.ShapeError, match=r"linear: x of shape \(2, 3\) must be \(..., d_in\)"):
        ad.linear(Tensor(np.ones((2, 3))), np.ones((4, 2)), np.ones(4))


@pytest.mark.parametrize("rows", [383, 384, 385, 1000])
def test_products_of_many_rows_are_summed_over_all_blocks(agrees, rng, rows):
    agrees(
        ad.linear,
        torch.nn.functional.linear,
        rng.normal(size=(rows, 2)),
        rng.normal(size=(3, 2)),
        rng.normal(size=3),
    )
