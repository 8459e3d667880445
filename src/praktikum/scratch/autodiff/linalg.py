"""Products of matrices. For y = a b with gradient g by y:  ∂a = g bᵀ,  ∂b = aᵀ g."""

from typing import Any

import numpy as np

from .errors import ShapeError
from .reduce import sum
from .shapes import reshape, swap_last
from .tape import Array, operation

__all__ = ["linear", "matmul"]


ROWS_IN_CACHE = 384


def _tall_product(a: Array, b: Array) -> Array:
    """aᵀ b of tall matrices (rows, n), (rows, m), summed over blocks of rows."""
    total: Array = a[:ROWS_IN_CACHE].T @ b[:ROWS_IN_CACHE]
    for start in range(ROWS_IN_CACHE, len(a), ROWS_IN_CACHE):
        total += a[start : start + ROWS_IN_CACHE].T @ b[start : start + ROWS_IN_CACHE]
    return total


tall_product = operation(
    _tall_product,
    lambda g, _y, _a, b: b @ swap_last(g),
    lambda g, _y, a, _b: a @ g,
    name="tall_product",
    doc="aᵀ b of matrices with many rows, half as long again in one BLAS call as in blocks.",
)


def _rows(x: Any) -> Any:
    return x if x.ndim == 2 else reshape(x, (-1, x.shape[-1]))


def _by_right(g: Any, a: Any, b: Any) -> Any:
    """aᵀ g; when one matrix b serves a whole batch, as one product over all rows of it."""
    if b.ndim > 2:
        return swap_last(a) @ g
    return tall_product(_rows(a), _rows(g))


_matmul = operation(
    np.matmul,
    lambda g, _y, _a, b: g @ swap_last(b),
    lambda g, _y, a, b: _by_right(g, a, b),
    name="matmul",
)


def matmul(a: Any, b: Any) -> Any:
    """a @ b: (..., n, k) and (..., k, m) → (..., n, m), leading axes broadcast.

    A vector on the left is a row, on the right a column, and its axis is dropped from the result.
    Raises ShapeError for scalars and for shapes that do not fit.
    """
    if not isinstance(b, np.ndarray) and not hasattr(b, "ndim"):
        b = np.asarray(b)
    if not isinstance(a, np.ndarray) and not hasattr(a, "ndim"):
        a = np.asarray(a)
    if a.ndim > 1 and b.ndim > 1:
        return _matmul(a, b)
    if a.ndim == 0 or b.ndim == 0:
        raise ShapeError(f"matmul: shapes {a.shape} and {b.shape}: a scalar has no axis; use *")
    rows = reshape(a, (1, -1)) if a.ndim == 1 else a
    columns = reshape(b, (-1, 1)) if b.ndim == 1 else b
    if rows.shape[-1] != columns.shape[-2]:
        raise ShapeError(f"matmul: shapes {a.shape} and {b.shape} do not fit")
    product = _matmul(rows, columns)
    shape = product.shape[:-2] + (product.shape[-2],) * (a.ndim > 1)
    return reshape(product, shape + (product.shape[-1],) * (b.ndim > 1))


def _affine(x: Array, weight: Array, bias: Array) -> Array:
    product: Array = np.matmul(x, weight.T)
    if product.dtype != bias.dtype:
        return product + bias
    product += bias  # in place: one large array less
    return product


_linear = operation(
    _affine,
    lambda g, _y, _x, weight, _bias: g @ weight,
    lambda g, _y, x, _weight, _bias: tall_product(_rows(g), _rows(x)),
    lambda g, *_: sum(_rows(g), 0),
    name="linear",
)


def linear(x: Any, weight: Any, bias: Any) -> Any:
    """x weightᵀ + bias in one record: (..., d_in), (d_out, d_in), (d_out,) → (..., d_out).

    Raises ShapeError for shapes that do not fit.
    """
    if weight.ndim != 2 or x.shape[-1:] != weight.shape[1:] or bias.shape != weight.shape[:1]:
        raise ShapeError(
            f"linear: x of shape {x.shape} must be (..., d_in), the weight of shape {weight.shape} "
            f"(d_out, d_in) and the bias of shape {bias.shape} (d_out,)"
        )
    return _linear(x, weight, bias)
