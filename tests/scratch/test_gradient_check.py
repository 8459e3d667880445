"""The gradient check: right on functions with a known gradient, loud on a wrong one."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from praktikum.scratch.activations import Tanh
from praktikum.scratch.errors import SettingError, ShapeError
from praktikum.scratch.gradient_check import check_layer, compare_gradients, numerical_gradient
from praktikum.scratch.layers import Dense


def test_the_numerical_gradient_of_rosenbrocks_function_is_scipys(rng):
    x = rng.normal(size=7)
    np.testing.assert_allclose(numerical_gradient(rosen, x), rosen_der(x), rtol=1e-7, atol=1e-7)


def test_differences_are_central():
    # A cubic tells the two sides apart: the central difference of x³ at 1 is 3 + ε², the
    # forward one 3 + 3ε + ε².
    (slope,) = numerical_gradient(lambda x: float(x[0] ** 3), np.ones(1), eps=1e-2)
    assert slope == pytest.approx(3.0001, abs=1e-9)


def test_the_gradient_has_the_shape_of_the_point_and_leaves_it_alone(rng):
    x = rng.normal(size=(2, 3, 2))
    before = x.copy()
    grad = numerical_gradient(lambda a: float((a**2).sum()), x)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_allclose(grad, 2 * x, rtol=1e-8)


def test_float32_is_refused():
    with pytest.raises(SettingError, match=r"needs float64 .*got float32; pass x.astype"):
        numerical_gradient(lambda x: float(x.sum()), np.ones(2, np.float32))


def test_a_comparison_says_where_and_by_how_much():
    comparison = compare_gradients(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1, 2], [3, 4.0]]))
    assert comparison.relative_error == pytest.approx(1 / np.sqrt(39))
    assert str(comparison) == (
        "DIFFERS: relative error 1.6e-01 (tolerance 1e-06); worst at (1, 1): analytic 5, "
        "numerical 4"
    )


@pytest.mark.parametrize("size", [0, 3])
def test_two_zero_gradients_agree(size):
    assert compare_gradients(np.zeros(size), np.zeros(size)).agrees


def test_not_a_number_never_agrees():
    assert not compare_gradients(np.array([np.nan]), np.array([1.0])).agrees


def test_gradients_of_different_shapes_are_refused():
    with pytest.raises(ShapeError, match=r"must have the shape \(3,\) .*got \(2,\)"):
        compare_gradients(np.zeros(2), np.zeros(3))


def test_a_wrong_layer_is_found_out(rng):
    class Forgetful(Tanh):
        def backward(self, grad_output):
            return grad_output * (1 - self.output), np.empty(0)

    by_input, _ = check_layer(Forgetful(), rng.normal(size=(3, 4)), rng)
    assert not by_input.agrees
    assert by_input.relative_error > 0.01


def test_a_check_restores_the_parameters(rng):
    layer = Dense(3, 2, rng=rng)
    before = layer.get_params()
    check_layer(layer, rng.normal(size=(4, 3)), rng)
    np.testing.assert_array_equal(layer.get_params(), before)
