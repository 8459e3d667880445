"""Jacobians, Hessians and products with them, against torch.autograd.functional."""

import numpy as np
import pytest
import torch
from torch.autograd import functional as torchs

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor, grad


def vector_function(x, w):
    return ((x @ w) ** 2 + x.sum()).tanh()


def scalar_function(x, w):
    return (vector_function(x, w) ** 3).sum()


@pytest.fixture
def points(rng):
    return rng.normal(size=(2, 3)) / 3, rng.normal(size=(3, 4)) / 3


def torch_points(points):
    return tuple(torch.tensor(point) for point in points)


def test_the_jacobian_is_torchs(points, near):
    ours = ad.jacobian(vector_function, points)
    for mine, theirs in zip(
        ours, torchs.jacobian(vector_function, torch_points(points)), strict=True
    ):
        near(mine, theirs)


def test_the_hessian_is_torchs(points, near):
    ours = ad.hessian(scalar_function, points)
    theirs = torchs.hessian(scalar_function, torch_points(points))
    for i in range(2):
        for j in range(2):
            near(ours[i][j], theirs[i][j])


def test_vjp_is_torchs(points, near, rng):
    vector = rng.normal(size=(2, 4))
    output, ours = ad.vjp(vector_function, points, vector)
    expected, theirs = torchs.vjp(vector_function, torch_points(points), torch.tensor(vector))
    near(output, expected)
    near(ours[0], theirs[0])
    near(ours[1], theirs[1])


def test_jvp_is_torchs(points, near, rng):
    direction = tuple(rng.normal(size=point.shape) for point in points)
    output, ours = ad.jvp(vector_function, points, direction)
    expected, theirs = torchs.jvp(vector_function, torch_points(points), torch_points(direction))
    near(output, expected)
    near(ours, theirs)


def test_hvp_is_torchs(points, near, rng):
    direction = tuple(rng.normal(size=point.shape) for point in points)
    output, ours = ad.hvp(scalar_function, points, direction)
    expected, theirs = torchs.hvp(scalar_function, torch_points(points), torch_points(direction))
    near(output, expected)
    near(ours[0], theirs[0])
    near(ours[1], theirs[1])


def test_one_input_gives_one_answer(rng):
    x = rng.normal(size=3)
    np.testing.assert_allclose(ad.jacobian(ad.exp, x).data, np.diag(np.exp(x)))
    np.testing.assert_allclose(ad.hessian(lambda x: (x**3).sum(), x).data, np.diag(6 * x))
    np.testing.assert_allclose(ad.hvp(lambda x: (x**3).sum(), x, np.ones(3))[1].data, 6 * x)


def test_a_linear_function_has_a_zero_hessian():
    assert (ad.hessian(lambda x: (x * 2.0).sum(), np.ones(3)).data == 0).all()
    assert (ad.hvp(lambda x: (x * 2.0).sum(), np.ones(3), np.ones(3))[1].data == 0).all()
    assert (ad.jvp(lambda _: Tensor(np.ones(2)), np.ones(3), np.ones(3))[1].data == 0).all()


def test_a_jacobian_can_be_differentiated(rng, near):
    data = rng.normal(size=3)
    x, z = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    ours = ad.jacobian(lambda x: x.exp() * x.sum(), x, create_graph=True)
    theirs = torchs.jacobian(lambda x: x.exp() * x.sum(), z, create_graph=True)
    near(grad((ours**2).sum(), x)[0], torch.autograd.grad((theirs**2).sum(), z)[0])


@pytest.mark.parametrize("name", ["jvp", "hvp"])
def test_a_vector_of_another_shape_is_refused(name):
    with pytest.raises(ad.ShapeError, match=rf"{name}: the vector's shapes \[\(2,\)\]"):
        getattr(ad, name)(lambda x: (x * x).sum(), np.ones(3), np.ones(2))


@pytest.mark.parametrize("name", ["hessian", "hvp"])
def test_second_derivatives_are_of_scalars(name):
    arguments = (np.ones(3),) if name == "hvp" else ()
    with pytest.raises(
        ad.GradientError, match=rf"{name}: .*must return a scalar, got shape \(3,\)"
    ):
        getattr(ad, name)(lambda x: x * x, np.ones(3), *arguments)


def test_a_function_must_return_a_tensor_and_vjp_wants_a_vector():
    with pytest.raises(ad.GradientError, match=r"must return a Tensor, got float"):
        ad.jacobian(lambda _: 1.0, np.ones(3))
    with pytest.raises(ad.GradientError, match=r"vjp: an output of shape \(3,\) needs a vector"):
        ad.vjp(lambda x: x * x, np.ones(3))
