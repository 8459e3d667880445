"""`Tensor`: an array that remembers how it was made.

Operators and methods are the functions of the other modules under NumPy's names. What they give is
a new Tensor; comparisons give plain arrays of booleans, for nothing flows through them.
Operations that change a Tensor in place end in an underscore, as in torch, or are `+=` and
`t[index] = values`; they are recorded as if a new Tensor had taken the old one's name and memory.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import elementwise, indexing, linalg, reduce, shapes
from .engine import backward
from .errors import GradientError, InPlaceError, ShapeError
from .tape import Array, Variable, is_recording, mark_changed

__all__ = ["Tensor", "from_numpy"]

Operator = Callable[..., "Tensor"]


def _reflected(function: Callable[..., Any]) -> Operator:
    """The operator for `other ∘ tensor`, where `other` is a number or an array."""
    return lambda self, other: function(other, self)


def _compared(function: Callable[..., Any]) -> Callable[..., Array]:
    def compare(self: "Tensor", other: Any) -> Array:
        return np.asarray(function(self.data, _data(other)))

    return compare


def _in_place(function: Callable[..., Any]) -> Operator:
    return lambda self, other: self._become(function, other)


def _data(value: Any) -> Any:
    return value.data if isinstance(value, Variable) else value


class Tensor(Variable):
    """An array with a gradient.

    `Tensor(data)` copies its data, so that nobody changes it behind the tape's back; integers stay
    integers, lists of floats become float64. `requires_grad=True` makes it a leaf whose `grad` (a
    Tensor, or None) every `backward` adds to.

    Raises GradientError if integers or booleans should have a gradient.

    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    Tensor([2., 4., 6.])
    """

    __slots__ = ()
    __array_ufunc__ = None  # `array * tensor` asks the Tensor
    __hash__ = object.__hash__

    def __init__(self, data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        self.data = np.array(_data(data), dtype)
        self.grad: Tensor | None = None
        self.node = None
        self.requires_grad = False
        self.requires_grad_(requires_grad)

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Itself, from now on a leaf with (or without) a gradient.

        Raises GradientError for integers and for a result of operations (detach it first).
        """
        if requires_grad and not np.issubdtype(self.data.dtype, np.floating):
            raise GradientError(
                f"only floating-point Tensors have gradients, got {self.data.dtype}: pass "
                "dtype=float"
            )
        if self.node is not None and not requires_grad:
            raise GradientError("a result of operations is not a leaf: use detach()")
        self.requires_grad = requires_grad or self.node is not None
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.data.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the values, and of the gradient."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.data.size

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.node is None

    def backward(
        self, gradient: Any = None, *, retain_graph: bool = False, create_graph: bool = False
    ) -> None:
        """Add this Tensor's gradients to `grad` of the leaves: see `engine.backward`."""
        backward(self, gradient, retain_graph=retain_graph, create_graph=create_graph)

    def detach(self) -> "Tensor":
        """The same memory off the tape."""
        return Tensor.at(self.data, None)

    def numpy(self) -> Array:
        """The array itself, not a copy. Writing to it is invisible to the tape."""
        return self.data

    def item(self) -> float:
        """The only element as a Python number."""
        number: float = self.data.item()
        return number

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if self.requires_grad:
            raise GradientError(
                "NumPy would take this Tensor off the tape without a word; say detach().numpy()"
            )
        return np.array(self.data, dtype) if copy else np.asarray(self.data, dtype)

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix="Tensor(")
        if self.node is not None:
            return f"Tensor({body}, made by {self.node.operation.__name__})"
        return f"Tensor({body}, requires_grad=True)" if self.requires_grad else f"Tensor({body})"

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator["Tensor"]:
        return (self[position] for position in range(len(self.data)))

    def __bool__(self) -> bool:
        return bool(self.data)

    def __float__(self) -> float:
        return float(self.data.item())

    __add__: Operator = elementwise.add
    __sub__: Operator = elementwise.subtract
    __mul__: Operator = elementwise.multiply
    __truediv__: Operator = elementwise.divide
    __pow__: Operator = elementwise.power
    __matmul__: Operator = linalg.matmul
    __neg__: Operator = elementwise.negative
    __abs__: Operator = elementwise.absolute
    __getitem__: Operator = indexing.getitem
    __radd__ = _reflected(elementwise.add)
    __rsub__ = _reflected(elementwise.subtract)
    __rmul__ = _reflected(elementwise.multiply)
    __rtruediv__ = _reflected(elementwise.divide)
    __rpow__ = _reflected(elementwise.power)
    __rmatmul__ = _reflected(linalg.matmul)
    __lt__ = _compared(np.less)
    __le__ = _compared(np.less_equal)
    __gt__ = _compared(np.greater)
    __ge__ = _compared(np.greater_equal)
    __eq__ = _compared(np.equal)  # type: ignore[assignment]  # an array, as in NumPy
    __ne__ = _compared(np.not_equal)  # type: ignore[assignment]

    exp: Operator = elementwise.exp
    log: Operator = elementwise.log
    sqrt: Operator = elementwise.sqrt
    tanh: Operator = elementwise.tanh
    sigmoid: Operator = elementwise.sigmoid
    relu: Operator = elementwise.relu
    abs: Operator = elementwise.absolute
    copy: Operator = elementwise.copy
    astype: Operator = elementwise.cast
    sum: Operator = reduce.sum
    mean: Operator = reduce.mean
    max: Operator = reduce.max
    min: Operator = reduce.min
    logsumexp: Operator = reduce.logsumexp
    log_softmax: Operator = reduce.log_softmax
    softmax: Operator = reduce.softmax
    squeeze: Operator = shapes.squeeze
    expand_dims: Operator = shapes.expand_dims

    def reshape(self, *lengths: Any) -> "Tensor":
        """In another shape: `reshape(2, 3)` or `reshape((2, 3))`, one length may be -1."""
        changed: Tensor = shapes.reshape(self, _unpacked(lengths))
        return changed

    def transpose(self, *axes: Any) -> "Tensor":
        """With its axes in the given order, reversed by default."""
        changed: Tensor = shapes.transpose(self, _unpacked(axes) or None)
        return changed

    @property
    def T(self) -> "Tensor":  # noqa: N802 - NumPy's name
        """With its axes reversed."""
        return self.transpose()

    __iadd__ = add_ = _in_place(elementwise.add)
    __isub__ = sub_ = _in_place(elementwise.subtract)
    __imul__ = mul_ = _in_place(elementwise.multiply)
    __itruediv__ = div_ = _in_place(elementwise.divide)

    def __setitem__(self, index: Any, values: Any) -> None:
        self._become(indexing.put, index, values)

    def copy_(self, values: Any) -> "Tensor":
        """Itself with every element overwritten by the values, which broadcast."""
        return self._become(indexing.put, ..., values)

    def zero_(self) -> "Tensor":
        """Itself, full of zeros."""
        return self.copy_(0.0)

    def _become(self, function: Callable[..., Any], *args: Any) -> "Tensor":
        """Itself with the memory, and the place on the tape, of `function(self, *args)`."""
        if is_recording() and self.requires_grad and self.node is None:
            raise InPlaceError(
                "a leaf that requires a gradient is changed in place; do it inside no_grad()"
            )
        result = function(Tensor.at(self.data, self.node), *args)
        if result.shape != self.shape:
            raise ShapeError(
                f"an in-place change cannot turn shape {self.shape} into {result.shape}"
            )
        if result.node is not None and self.data.base is not None:
            raise InPlaceError(
                "an in-place change of a view cannot be recorded, for its base would not know; "
                "write x[i] = x[i] + y instead of x[i] += y, or change a copy()"
            )
        self.data[...] = result.data
        mark_changed(self.data)
        if result.node is not None:
            self.node, self.requires_grad = result.node, True
        return self


def _unpacked(lengths: tuple[Any, ...]) -> Any:
    return lengths[0] if len(lengths) == 1 and not isinstance(lengths[0], int) else lengths


def from_numpy(array: Array) -> Tensor:
    """A Tensor over the array's own memory. Writing to the array is invisible to the tape."""
    return Tensor.at(array, None)
