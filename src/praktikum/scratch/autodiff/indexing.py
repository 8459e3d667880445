"""Taking elements out and putting them in: each is the other's gradient.

`getitem` reads, `scatter` writes into zeros; as linear maps they are transposes of one another, so
elements that an index repeats add up their gradients. Basic indices (integers, slices, None,
Ellipsis) and advanced ones (integer and boolean arrays) are NumPy's.
"""

from typing import Any

import numpy as np

from praktikum.scratch.autodiff.errors import ShapeError
from praktikum.scratch.autodiff.tape import Array, Operation, Variable, operation

__all__ = ["getitem", "pick", "put", "scatter"]


def _scatter(values: Array, index: Any, shape: tuple[int, ...]) -> Array:
    whole = np.zeros(shape, values.dtype)
    if _may_repeat(index):
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
    lambda g, _y, _x, index, shape: scatter(g, index, shape),
    name="getitem",
)
scatter: Operation = operation(
    _scatter,
    lambda g, _y, _values, index, _shape: getitem(g, index),
    name="scatter",
    doc="Zeros of `shape` with the values added at `index`.",
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


def pick(x: Any, chosen: Array) -> Any:
    """`x[i, chosen[i]]` for every row i: (rows, columns) and integers (rows,) → (rows,).

    Raises ShapeError unless there is one column index for each row.
    """
    rows, columns = x.shape
    chosen = np.asarray(plain(chosen))
    if chosen.shape != (rows,):
        raise ShapeError(
            f"pick: one column for each of {rows} rows is wanted, got indices of shape "
            f"{chosen.shape}"
        )
    mask = np.zeros((rows, columns), bool)  # no row repeats, so a mask does what add.at would
    mask[np.arange(rows), chosen] = True
    return getitem(x, mask)
