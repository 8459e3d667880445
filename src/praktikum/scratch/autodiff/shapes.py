"""Rearranging: the values stay, their places change, and the gradient takes the way back.

Results are views where NumPy gives views.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .indexing import getitem
from .tape import Operation, operation

__all__ = [
    "broadcast_to",
    "concatenate",
    "expand_dims",
    "reshape",
    "squeeze",
    "stack",
    "swap_last",
    "transpose",
]

Axes = int | tuple[int, ...] | None

_reshape = operation(
    lambda x, shape, _old: np.reshape(x, shape),
    lambda g, _y, _x, _shape, old: reshape(g, old),
    name="reshape",
)
_transpose = operation(
    np.transpose,
    lambda g, _y, _x, axes: transpose(g, sorted(range(len(axes)), key=axes.__getitem__)),
    name="transpose",
)
broadcast_to = operation(
    np.broadcast_to,
    lambda g, *_: g,  # the engine sums it over the repeated axes
    name="broadcast_to",
    doc="x repeated to `shape` by NumPy's broadcasting rules; a read-only view.",
)
swap_last: Operation = operation(
    lambda x: x.swapaxes(-1, -2),
    lambda g, *_: swap_last(g),
    name="swap_last",
    doc="x with its last two axes exchanged: the transpose of a matrix, or of each of a batch.",
)


def reshape(x: Any, shape: int | Sequence[int]) -> Any:
    """`x` in another shape of the same size; one dimension may be -1."""
    return _reshape(x, shape, x.shape)


def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """`x` with its axes in the given order, reversed by default."""
    order = range(x.ndim)[::-1] if axes is None else [axis % x.ndim for axis in axes]
    return _transpose(x, tuple(order))


def expand_dims(x: Any, axis: Axes) -> Any:
    """`x` with new axes of length 1 at these positions of the result."""
    return reshape(x, np.expand_dims(_hollow(x.shape), () if axis is None else axis).shape)


def squeeze(x: Any, axis: Axes = None) -> Any:
    """`x` without the given axes of length 1, by default without any such axis."""
    return reshape(x, np.squeeze(_hollow(x.shape), axis).shape)


def _hollow(shape: tuple[int, ...]) -> Any:
    """An array of this shape that owns one byte: NumPy computes shapes on it."""
    return np.broadcast_to(np.uint8(0), shape)


def concatenate(parts: Sequence[Any], axis: int = 0) -> Any:
    """The parts joined along an existing axis; the gradient is cut at the same places."""
    axis %= np.ndim(_data(parts[0])) or 1
    edges = np.cumsum([0, *(part.shape[axis] for part in parts)])

    def rule_of(start: int, stop: int) -> Any:
        cut = (slice(None),) * axis + (slice(start, stop),)
        return lambda g, *_: getitem(g, cut)

    rules = [rule_of(int(start), int(stop)) for start, stop in pairwise(edges)]
    joined = operation(lambda *x: np.concatenate(x, axis), *rules, name="concatenate")
    return joined(*parts)


def stack(parts: Sequence[Any], axis: int = 0) -> Any:
    """The parts, all of one shape, joined along a new axis."""
    return concatenate([expand_dims(part, axis) for part in parts], axis)


def _data(x: Any) -> Any:
    return getattr(x, "data", x) if not isinstance(x, np.ndarray) else x


def kept(shape: tuple[int, ...], axis: Axes) -> tuple[int, ...]:
    """`shape` with the given axes (all, for None) of length 1, as `keepdims` leaves them."""
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis) % max(len(shape), 1)
    return tuple(1 if position in axes else length for position, length in enumerate(shape))
