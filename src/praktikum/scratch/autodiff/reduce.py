"""Sums, means and extremes over axes, and the two log-domain reductions.

`axis` is an integer, a tuple of them or None for all axes; `keepdims` leaves the reduced axes with
length 1. Equal extremes share the gradient equally, as in torch's `amax`.
"""

from typing import Any

import numpy as np
from scipy.special import logsumexp as _array_logsumexp

from .elementwise import exp, where
from .shapes import Axes, kept, reshape
from .tape import Array, operation

__all__ = ["log_softmax", "logsumexp", "max", "mean", "min", "softmax", "sum"]

NARROW = 64
"""Along axes this short NumPy's loops spend their time on starting; two detours avoid it."""


def _array_sum(x: Array, axis: Axes, keepdims: bool, _shape: tuple[int, ...]) -> Array:
    """np.sum; down the columns or along the rows of a narrow matrix, a product with ones."""
    by = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
    if x.ndim != 2 or x.shape[1] > NARROW or x.dtype.kind != "f" or by not in (0, 1, -1):
        return np.asarray(np.sum(x, axis, keepdims=keepdims))
    ones = np.ones(x.shape[by], x.dtype)
    total: Array = x @ ones if by else ones @ x
    return total.reshape(kept(x.shape, by)) if keepdims else total


_sum = operation(
    _array_sum,
    lambda g, _y, _x, axis, keepdims, shape: g if keepdims else reshape(g, kept(shape, axis)),
    name="sum",
)


def sum(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum over the axes."""
    return _sum(x, axis, keepdims, x.shape)


def mean(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The arithmetic mean over the axes."""
    total = sum(x, axis, keepdims)
    return total * (total.size / x.size)


def _extreme_rule(g: Any, y: Any, x: Any, axis: Axes, _keepdims: bool) -> Any:
    """The gradient where x is the extreme, divided among equals."""
    shape = kept(x.shape, axis)
    winners = x == reshape(y, shape)
    ties = np.sum(winners, axis, keepdims=True, dtype=x.dtype)
    return where(winners, reshape(g, shape) / ties, 0.0)


_max = operation(
    lambda x, axis, keepdims: np.max(x, axis, keepdims=keepdims), _extreme_rule, name="max"
)
_min = operation(
    lambda x, axis, keepdims: np.min(x, axis, keepdims=keepdims), _extreme_rule, name="min"
)


def max(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The largest value over the axes."""
    return _max(x, axis, keepdims)


def min(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The smallest value over the axes."""
    return _min(x, axis, keepdims)


def _logsumexp_rule(g: Any, y: Any, x: Any, axis: Axes, _keepdims: bool) -> Any:
    shape = kept(x.shape, axis)
    return reshape(g, shape) * exp(x - reshape(y, shape))


_logsumexp = operation(
    lambda x, axis, keepdims: _array_logsumexp(x, axis, keepdims=keepdims),
    _logsumexp_rule,
    name="logsumexp",
)


def logsumexp(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """log Σ exp(x) over the axes, without overflow; its gradient is the softmax."""
    return _logsumexp(x, axis, keepdims)


def _array_log_softmax(x: Array, axis: int) -> Array:
    narrow = x.shape[axis] <= NARROW
    if narrow:  # then let the loops run along the other axes
        x, back, axis = np.ascontiguousarray(np.moveaxis(x, axis, 0)), axis, 0
    shifted: Array = x - x.max(axis, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis, keepdims=True))
    return np.ascontiguousarray(np.moveaxis(shifted, 0, back)) if narrow else shifted


_log_softmax = operation(
    _array_log_softmax,
    lambda g, y, _x, axis: g - exp(y) * sum(g, axis, keepdims=True),
    name="log_softmax",
)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """x - logsumexp(x) along an axis: the logarithms of probabilities."""
    return _log_softmax(x, axis)


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) scaled to sum to one along an axis."""
    return exp(log_softmax(x, axis))
