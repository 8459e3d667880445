"""Taking elements out and putting them in: each is the other's gradient.

`getitem` reads, `scatter` writes into zeros; as linear maps they are transposes of one another, so
elements that an index repeats add up their gradients. Basic indices (integers, slices, None,
Ellipsis) and advanced ones (integer and boolean arrays) are NumPy's.
"""

from typing import Any

import numpy as np

from .tape import Array, Operation, Variable, operation

__all__ = ["getitem", "put", "scatter"]


def _scatter(values: Any, index: Any, shape: tuple[int, ...], repeats: bool) -> Array:
    whole = np.zeros(shape, values.dtype)
    if repeats:
        np.add.at(whole, index, values)
    else:
        whole[index] = values
    return whole


def _may_repeat(index: Any) -> bool:
    """Whether an index can name one element twice: only integer arrays can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(
        isinstance(part, np.ndarray | list) and np.asarray(part).dtype != bool for part in parts
    )


def _put(x: Array, values: Any, index: Any) -> Array:
    changed = x.copy()
    changed[index] = values
    return changed


_getitem = operation(
    lambda x, index, _shape: x[index],
    lambda g, _y, _x, index, shape: scatter(g, index, shape, _may_repeat(index)),
    name="getitem",
)
scatter: Operation = operation(
    _scatter,
    lambda g, _y, _values, index, *_: getitem(g, index),
    name="scatter",
    doc="Zeros of `shape` with the values added at `index`, which `repeats` an element or not.",
)
_put_operation = operation(
    _put,
    lambda g, _y, _x, _values, index: put(g, index, 0.0),
    lambda g, _y, _x, _values, index: getitem(g, index),
    name="put",
)


def getitem(x: Any, index: Any) -> Any:
    """`x[index]`; a view for a basic index, as in NumPy.

    Raises IndexError, NumPy's own, for an index out of bounds.
    """
    return _getitem(x, plain(index), x.shape)


def put(x: Any, index: Any, values: Any) -> Any:
    """A copy of `x` in which `x[index]` is replaced by the values."""
    return _put_operation(x, values, plain(index))


def plain(index: Any) -> Any:
    """The index with Tensors of integers or booleans replaced by their arrays."""
    if isinstance(index, tuple):
        return tuple(plain(part) for part in index)
    return index.data if isinstance(index, Variable) else index
