"""Numerical gradients by central differences, to hold a gradient written by hand against.

(f(x + ε) - f(x - ε)) / 2ε differs from f'(x) by ε² f'''/6 (truncation) and by about
u |f| / ε (rounding, u = 1.1e-16 in float64). The sum is least near ε = u^⅓ ≈ 5e-6, where some
ten digits are right. In float32 hardly three would be, so it is refused.

A kink (ReLU at 0) within ε of a number makes the two sides disagree: that is no error of the
gradient; draw other numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .errors import SettingError, ShapeError
from .layers import Layer

__all__ = ["GradientComparison", "check_layer", "compare_gradients", "numerical_gradient"]


def numerical_gradient(
    f: Callable[[Float[np.ndarray, "*shape"]], float],
    x: Float[np.ndarray, "*shape"],
    eps: float = 5e-6,
) -> Float[np.ndarray, "*shape"]:
    """Return the gradient of the scalar function `f` at `x`, an array of the shape of `x`.

    Every number x_i in turn is moved by +eps and by -eps, the others staying where they are:
    grad_i = (f(x with x_i + eps) - f(x with x_i - eps)) / (2 eps). `x` itself is left unchanged.

    Raises SettingError if `x` is not float64.
    """
    if x.dtype != np.float64:
        raise SettingError(
            f"a numerical gradient needs float64 to have digits left, got {x.dtype}; pass "
            "x.astype(np.float64)"
        )
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += eps
        below[index] -= eps
        grad[index] = (f(above) - f(below)) / (2 * eps)
    return grad


@dataclass(frozen=True)
class GradientComparison:
    """How far a gradient lies from the numerical one.

    relative_error: ‖analytic - numerical‖ / max(‖analytic‖, ‖numerical‖); 0 if both are zero
    worst_index:    where the two differ most, () for a scalar, None if they are empty
    analytic, numerical: the two numbers at `worst_index`
    tolerance:      the largest relative error that counts as agreement
    """

    relative_error: float
    worst_index: tuple[int, ...] | None
    analytic: float
    numerical: float
    tolerance: float

    @property
    def agrees(self) -> bool:
        """Whether the relative error is within the tolerance; not-a-number never is."""
        return self.relative_error <= self.tolerance

    def __str__(self) -> str:
        verdict = "agrees" if self.agrees else "DIFFERS"
        return (
            f"{verdict}: relative error {self.relative_error:.1e} (tolerance "
            f"{self.tolerance:.0e}); worst at {self.worst_index}: analytic {self.analytic:.6g}, "
            f"numerical {self.numerical:.6g}"
        )


def compare_gradients(
    analytic: Float[np.ndarray, "..."],
    numerical: Float[np.ndarray, "..."],
    tolerance: float = 1e-6,
) -> GradientComparison:
    """Return how far `analytic` lies from `numerical`, and where most.

    Raises ShapeError if their shapes differ.
    """
    if analytic.shape != numerical.shape:
        raise ShapeError(
            f"the gradient must have the shape {numerical.shape} of what it is taken by, got "
            f"{analytic.shape}"
        )
    if analytic.size == 0:
        return GradientComparison(0.0, None, 0.0, 0.0, tolerance)
    difference = np.abs(analytic - numerical)
    scale = max(float(np.linalg.norm(analytic)), float(np.linalg.norm(numerical)))
    error = float(np.linalg.norm(difference)) / scale if scale else 0.0
    worst = tuple(int(i) for i in np.unravel_index(difference.argmax(), difference.shape))
    return GradientComparison(
        error, worst, float(analytic[worst]), float(numerical[worst]), tolerance
    )


def check_layer(
    layer: Layer,
    input: Float[np.ndarray, "batch features"],
    rng: np.random.Generator,
    *,
    eps: float = 5e-6,
    tolerance: float = 1e-6,
) -> tuple[GradientComparison, GradientComparison]:
    """Return comparisons for a layer's gradients by its input and by its flat parameters.

    The scalar function is the sum of the output times a `grad_output` drawn from `rng`, so the
    check holds for gradients of any shape of loss. A layer that draws random numbers in
    `forward` (Dropout in training) is not a function and can't be checked.
    """
    output = layer.forward(input)
    grad_output = rng.normal(size=output.shape)
    grad_input, grad_params = layer.backward(grad_output)
    params = layer.get_params()

    def by_input(x: np.ndarray) -> float:
        return float((layer.forward(x) * grad_output).sum())

    def by_params(w: np.ndarray) -> float:
        layer.set_params(w)
        return by_input(input)

    numerical_input = numerical_gradient(by_input, input, eps)
    numerical_params = numerical_gradient(by_params, params, eps)
    layer.set_params(params)
    return (
        compare_gradients(grad_input, numerical_input, tolerance),
        compare_gradients(grad_params, numerical_params, tolerance),
    )
