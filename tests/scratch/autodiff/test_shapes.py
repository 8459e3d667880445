"""Rearranging and indexing, against torch."""

import numpy as np
import pytest
import torch

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor

REARRANGED = {
    "reshape": (lambda x: x.reshape(4, 6), lambda x: x.reshape(4, 6)),
    "reshape by a tuple with -1": (lambda x: x.reshape((2, -1)), lambda x: x.reshape(2, -1)),
    "flatten": (lambda x: x.reshape(-1), lambda x: x.reshape(-1)),
    "reverse axes": (lambda x: x.T, lambda x: x.permute(2, 1, 0)),
    "transpose": (lambda x: x.transpose(1, 2, 0), lambda x: x.permute(1, 2, 0)),
    "transpose from the end": (lambda x: x.transpose(0, -1, 1), lambda x: x.permute(0, -1, 1)),
    "expand": (lambda x: x.expand_dims((0, -1)), lambda x: x[None, ..., None]),
    "squeeze": (lambda x: x[:, :1].squeeze(1), lambda x: x[:, :1].squeeze(1)),
    "broadcast": (lambda x: ad.broadcast_to(x, (5, 2, 3, 4)), lambda x: x.expand(5, 2, 3, 4)),
}
INDICES = {
    "integer": 1,
    "from the end": (-1, 2),
    "slices": (slice(None), slice(0, 3, 2)),
    "ellipsis and new axis": (..., None, 2),
    "backwards in NumPy's way": None,
    "integers with repeats": ([0, 1, 1, 1],),
    "two integer arrays": ([0, 1, 1], [2, 0, 0]),
    "array between slices": (slice(None), [2, 2, 0]),
    "matrix of indices": (np.array([[0, 1], [1, 1]]),),
    "array of one axis with an integer": (0, [1, 1]),
}


@pytest.mark.parametrize("name", REARRANGED)
def test_rearranging_agrees_with_torch(agrees, rng, name):
    ours, theirs = REARRANGED[name]
    agrees(lambda x: ours(x) ** 2, lambda x: theirs(x) ** 2, rng.normal(size=(2, 3, 4)))


@pytest.mark.parametrize("name", INDICES)
def test_indexing_agrees_with_torch_and_repeats_accumulate(agrees, rng, name):
    index = INDICES[name]
    agrees(lambda x: x[index] ** 2, lambda x: x[index] ** 2, rng.normal(size=(2, 3, 4)))


def test_a_mask_takes_its_elements(agrees, rng):
    x = rng.normal(size=(3, 4))
    agrees(lambda t: t[x > 0] ** 2, lambda t: t[torch.tensor(x > 0)] ** 2, x)


def test_a_tensor_of_integers_is_an_index(rng):
    x = Tensor(rng.normal(size=(3, 2)), requires_grad=True)
    x[Tensor([0, 0, 2])].sum().backward()
    np.testing.assert_array_equal(x.grad.data, [[2, 2], [0, 0], [1, 1]])


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_concatenate_and_stack_agree_with_torch(agrees, rng, axis):
    a, b = rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3, 3))
    agrees(
        lambda a, b: ad.concatenate([a, b, a * b], axis),
        lambda a, b: torch.cat([a, b, a * b], axis),
        a,
        b,
    )
    agrees(
        lambda a, b: ad.stack([a * b, b], axis), lambda a, b: torch.stack([a * b, b], axis), a, b
    )


def test_parts_of_different_lengths_are_joined(agrees, rng):
    agrees(
        lambda a, b: ad.concatenate([a, b], 1) ** 2,
        lambda a, b: torch.cat([a, b], 1) ** 2,
        rng.normal(size=(2, 1)),
        rng.normal(size=(2, 3)),
    )


def test_iteration_and_length_follow_the_first_axis(rng):
    x = Tensor(rng.normal(size=(3, 2)), requires_grad=True)
    rows = list(x)
    (rows[1] * 5).sum().backward()
    assert len(x) == len(rows) == 3
    np.testing.assert_array_equal(x.grad.data, [[0, 0], [5, 5], [0, 0]])


@pytest.mark.parametrize(
    "rearrange",
    [
        lambda x: x.reshape(6),
        lambda x: x.T,
        lambda x: x[[0, 0]],
        lambda x: ad.stack([x, x]),
        lambda x: ad.broadcast_to(x, (4, 2, 3)),
    ],
)
def test_rearranging_keeps_float32(rearrange):
    x = Tensor(np.ones((2, 3)), requires_grad=True, dtype=np.float32)
    y = rearrange(x)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


def test_a_reshape_to_another_size_names_the_shape():
    with pytest.raises(ad.ShapeError, match=r"reshape: shape \(2, 3\) does not fit .*size 6"):
        Tensor(np.ones((2, 3))).reshape(4)


def test_parts_that_do_not_join_are_named():
    with pytest.raises(ad.ShapeError, match=r"concatenate: .*\(2, 3\) and \(2, 4\)"):
        ad.concatenate([Tensor(np.ones((2, 3))), Tensor(np.ones((2, 4)))], 0)
