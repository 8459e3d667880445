"""Functions of elements, against torch: values, gradients, gradients of gradients, dtypes."""

import operator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor, grad

UNARY = {
    "negative": (operator.neg, operator.neg),
    "exp": (ad.exp, torch.exp),
    "tanh": (ad.tanh, torch.tanh),
    "sigmoid": (ad.sigmoid, torch.sigmoid),
    "relu": (ad.relu, torch.relu),
    "absolute": (abs, abs),
    "square": (lambda x: x**2, lambda x: x**2),
    "cube": (lambda x: x**3, lambda x: x**3),
    "power 0": (lambda x: x**0, lambda x: x**0),
    "number to a power": (lambda x: 2.5**x, lambda x: 2.5**x),
    "number minus": (lambda x: 2 - x, lambda x: 2 - x),
    "number over": (lambda x: 2 / x, lambda x: 2 / x),
    "number times, plus": (lambda x: 2 + 3 * x, lambda x: 2 + 3 * x),
}
POSITIVE = {
    "log": (ad.log, torch.log),
    "sqrt": (ad.sqrt, torch.sqrt),
    "root by power": (lambda x: x**0.5, lambda x: x**0.5),
    "power -2": (lambda x: x**-2, lambda x: x**-2),
}
BINARY = {
    "add": (operator.add, operator.add),
    "subtract": (operator.sub, operator.sub),
    "multiply": (operator.mul, operator.mul),
    "divide": (operator.truediv, operator.truediv),
    "power": (operator.pow, operator.pow),
    "maximum": (ad.maximum, torch.maximum),
    "minimum": (ad.minimum, torch.minimum),
}


@pytest.mark.parametrize("name", UNARY)
def test_a_function_agrees_with_torch(agrees, rng, name):
    agrees(*UNARY[name], rng.normal(size=(3, 4)))


@pytest.mark.parametrize("name", POSITIVE)
def test_a_function_of_positive_numbers_agrees_with_torch(agrees, rng, name):
    agrees(*POSITIVE[name], rng.uniform(0.5, 2, size=(3, 4)))


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((3, 4), (3, 4)),
        ((3, 4), (4,)),
        ((3, 1), (1, 4)),
        ((), (2, 3)),
        ((2, 1, 3), (5, 1)),
        ((), ()),
    ],
)
def test_an_operator_broadcasts_as_in_torch(agrees, rng, name, left, right):
    agrees(*BINARY[name], rng.uniform(0.5, 2, left), rng.uniform(0.5, 2, right))


@settings(max_examples=60, deadline=None)
@given(
    shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_gradients_of_any_broadcast_have_the_operands_shapes(shapes, seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(0.5, 2, shape) for shape in shapes.input_shapes]
    a, b = (Tensor(array, requires_grad=True) for array in arrays)
    p, q = (torch.tensor(array, requires_grad=True) for array in arrays)
    (a * b + a / b).sum().backward()
    (p * q + p / q).sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), p.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(b.grad.numpy(), q.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", [ad.relu, abs, lambda x: ad.maximum(x, 0.0)])
def test_the_gradient_at_a_kink_is_torchs(function, near):
    x = Tensor([-1.0, 0.0, 2.0], requires_grad=True)
    z = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
    function(x).sum().backward()
    torchs = {ad.relu: torch.relu, abs: abs}.get(
        function, lambda z: torch.maximum(z, torch.zeros_like(z))
    )
    torchs(z).sum().backward()
    near(x.grad, z.grad)


def test_powers_of_zero_have_finite_gradients(agrees):
    agrees(lambda a: a**0, lambda a: a**0, np.array([0.0, 1.0]))
    agrees(lambda a: a**2.0, lambda a: a**2.0, np.array([0.0, 1.0]))
    a, b = Tensor([0.0], requires_grad=True), Tensor([2.0], requires_grad=True)
    (a**b).sum().backward()
    assert (a.grad.item(), b.grad.item()) == (0.0, 0.0)


def test_sigmoid_does_not_overflow():
    x = Tensor([-1000.0, 1000.0], requires_grad=True)
    x.sigmoid().sum().backward()
    np.testing.assert_array_equal(x.sigmoid().data, [0, 1])
    np.testing.assert_array_equal(x.grad.data, [0, 0])


def test_where_chooses_values_and_gradients(agrees, rng):
    mask = rng.random((3, 4)) < 0.5
    agrees(
        lambda a, b: ad.where(mask, a * a, b**3),
        lambda a, b: torch.where(torch.tensor(mask), a * a, b**3),
        rng.normal(size=(3, 4)),
        rng.normal(size=(4,)),
    )


@pytest.mark.parametrize("name", [*UNARY, *POSITIVE])
def test_a_function_keeps_float32(name, rng):
    function = {**UNARY, **POSITIVE}[name][0]
    x = Tensor(rng.uniform(0.5, 2, 5).astype(np.float32), requires_grad=True)
    y = function(x)
    (g,) = grad(y.sum(), x, create_graph=True)
    (second,) = grad((g * g).sum() + (x**3).sum() * 0.0, x)
    assert y.dtype == g.dtype == second.dtype == np.float32


@pytest.mark.parametrize("name", BINARY)
def test_an_operator_keeps_float32(name, rng):
    a, b = (Tensor(rng.uniform(0.5, 2, 5).astype(np.float32), requires_grad=True) for _ in "ab")
    y = BINARY[name][0](a, b)
    y.sum().backward()
    assert y.dtype == a.grad.dtype == b.grad.dtype == np.float32


def test_a_gradient_has_its_leafs_dtype_in_mixed_arithmetic():
    x = Tensor([1.0, 2.0], requires_grad=True, dtype=np.float32)
    (x * np.array([3.0, 4.0])).sum().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_comparisons_give_plain_arrays(compare):
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    result = compare(x, 2.0)
    assert type(result) is np.ndarray
    np.testing.assert_array_equal(result, compare(x.data, 2.0))


def test_equality_is_by_element():
    x = Tensor([1.0, 2.0])
    np.testing.assert_array_equal(x == Tensor([1.0, 3.0]), [True, False])
    np.testing.assert_array_equal(x != Tensor([1.0, 3.0]), [False, True])


@pytest.mark.parametrize("operate", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_an_array_on_the_left_leaves_the_operator_to_the_tensor(operate):
    array, tensor = np.array([1.0, 2.0]), Tensor([3.0, 4.0], requires_grad=True)
    result = operate(array, tensor)
    assert isinstance(result, Tensor)
    np.testing.assert_array_equal(result.data, operate(array, tensor.data))


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ad.ShapeError, match=r"add: shapes \(2, 3\) and \(2,\) do not broadcast"):
        Tensor(np.ones((2, 3))) + Tensor(np.ones(2))
