"""The tape: what an operation leaves behind when it runs.

A `Variable` is an array with a place on the tape. An `operation` is a NumPy function together with
one *rule* per input: given the gradient `g` by the output, the output `y` and the arguments, a rule
returns the gradient by its input (a vector-Jacobian product). When an operation meets a Variable
that requires a gradient, it leaves a `Node`, which holds all that the rules will ask for.

Each rule is written once and serves both passes, because every operation takes arrays as gladly as
Variables. An ordinary backward hands the rules arrays, so they run at NumPy's speed and leave no
trace; with `create_graph` it hands them Variables, so the same lines record the gradient's own
graph, ready to be differentiated again.

Two conventions keep the rules short:

- a rule may return anything that broadcasts to its input's shape, or that its input broadcasts to;
  the engine sums or repeats it (`engine.fit`), so broadcasting is nobody else's concern;
- an argument whose *value* the rule does not read has a name that begins with an underscore.
  Overwriting such a value in place is harmless; overwriting another is an `InPlaceError`.

Nodes are ordered by a clock that ticks at each record and at each in-place change: "was it changed
since it was recorded?" is one comparison. The clock cannot see writes that go past the tape, to
`t.data[...]` or to an array that `from_numpy` shares.

Source: Griewank and Walther, Evaluating Derivatives (2008), ch. 3 (reverse mode); the rules as
functions that are themselves differentiable follow Maclaurin, Duvenaud and Adams, Autograd (2015).
"""

import weakref
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from inspect import signature
from itertools import count
from types import TracebackType
from typing import Any, TypeVar, Union

import numpy as np
from numpy.typing import NDArray

from .errors import ShapeError

__all__ = ["Array", "Node", "Operation", "Rule", "Variable", "is_recording", "no_grad", "operation"]

Array = NDArray[Any]
Rule = Callable[..., Any]
Operation = Callable[..., Any]
Recorded = TypeVar("Recorded", bound="Variable")

_recording: ContextVar[bool] = ContextVar("recording", default=True)
_is_recording = _recording.get
_tick = count(1).__next__


class Variable:
    """An array with a place on the tape.

    `node` is the record of the operation that made it; a leaf, made by nobody, has none and is its
    own place on the tape: gradients that reach it are added to `grad`.
    """

    __slots__ = ("__weakref__", "data", "grad", "node", "requires_grad")

    data: Array
    grad: Any
    node: "Node | None"
    requires_grad: bool

    @classmethod
    def at(cls: type[Recorded], data: Array, node: "Node | None") -> Recorded:
        """A Variable of this class over the same memory, at the given place on the tape."""
        variable = cls.__new__(cls)
        variable.data = data
        variable.grad = None
        variable.node = node
        variable.requires_grad = node is not None
        return variable


Place = Union["Node", Variable]


class Node:
    """The record of one operation.

    `args` are its arguments as arrays and plain values, `parents` the places on the tape of those
    that it differentiates (None for a constant), `output` its result. Leaves appear as themselves.
    After a backward that does not retain the graph, `args` is None.
    """

    __slots__ = ("args", "operation", "order", "output", "parents", "rules")

    def __init__(
        self,
        operation: Operation,
        rules: tuple[Rule | None, ...],
        args: tuple[Any, ...] | None,
        output: Array | None,
        parents: list[Place | None],
    ) -> None:
        self.order = _tick()
        self.operation = operation
        self.rules = rules
        self.args = args
        self.output = output
        self.parents = parents

    def release(self) -> None:
        """Let go of the saved values; the shape of the graph stays."""
        self.args = self.output = None


def operation(
    forward: Callable[..., Any], *rules: Rule | None, name: str, doc: str = ""
) -> Operation:
    """`forward` as a differentiable function of arrays or Variables.

    The first `len(rules)` arguments may be Variables; a rule of None marks one that is not
    differentiated (a condition, a mask). Those after them are settings, passed on as they are.
    With no Variable among the arguments, the function is `forward` itself.

    Raises, when called with Variables: ShapeError with all shapes, if NumPy rejects them.
    """
    n_inputs = len(rules)

    def apply(*args: Any) -> Any:
        for value in args[:n_inputs]:
            if isinstance(value, Variable):
                kind = type(value)
                break
        else:
            return forward(*args)
        recorded = False
        values = list(args)
        parents: list[Place | None] = [None] * n_inputs
        for position in range(n_inputs):
            value = args[position]
            if isinstance(value, Variable):
                values[position] = value.data
                if value.requires_grad:
                    recorded = True
                    parents[position] = value.node or value
        try:
            output = forward(*values)
        except ValueError as error:
            raise ShapeError(_misfit(name, values[:n_inputs], error)) from error
        if type(output) is not np.ndarray:  # NumPy turns 0-d results into scalars
            output = np.asarray(output)
        node = None
        if recorded and _is_recording():
            node = Node(apply, rules, tuple(values), output, parents)
        return kind.at(output, node)

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = doc
    return apply


def _misfit(name: str, values: list[Any], error: ValueError) -> str:
    shapes = [str(np.shape(value)) for value in values]
    if "broadcast" in str(error) and len(shapes) > 1:
        return (
            f"{name}: shapes {' and '.join(shapes)} do not broadcast: aligned from the right, "
            "axes must be equal or 1; reshape one of them"
        )
    plural = "shape {} does" if len(shapes) == 1 else "shapes {} do"
    return f"{name}: {plural.format(' and '.join(shapes))} not fit ({error})"


class no_grad(ContextDecorator):  # noqa: N801 - a context manager, named as in torch
    """Inside it (or in a function that it decorates) operations leave no record.

    >>> from praktikum.scratch.autodiff import Tensor
    >>> weight = Tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     (weight * 2).requires_grad
    False
    """

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> None:
        self._tokens.append(_recording.set(False))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        _recording.reset(self._tokens.pop())


class recording(no_grad):  # noqa: N801 - the opposite of no_grad
    """Inside it operations are recorded, even under an outer `no_grad`."""

    def __enter__(self) -> None:
        self._tokens.append(_recording.set(True))


def is_recording() -> bool:
    """True unless inside `no_grad`."""
    return _is_recording()


_changes: dict[int, tuple[int, weakref.ref[Array]]] = {}
"""When the memory of which array (by its owner's id) was last changed in place."""


def _owner(array: Array) -> Array:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def mark_changed(array: Array) -> None:
    """Note that the memory of `array` has just been overwritten."""
    owner = _owner(array)
    key = id(owner)
    _changes[key] = (_tick(), weakref.ref(owner, lambda _: _changes.pop(key, None)))


def spoilt(node: Node) -> str | None:
    """What the rules of `node` would read wrongly after an in-place change; None if nothing.

    A view (a reshape, a slice) is spoilt by any change of the memory under it, because the values
    that its users saw may be older or newer than its record.
    """
    if not _changes or node.args is None or node.output is None:
        return None
    values = (node.output, *node.args[: len(node.rules)])
    stale = [
        isinstance(value, np.ndarray)
        and (change := _changes.get(id(_owner(value)))) is not None
        and change[0] > node.order
        for value in values
    ]
    if not any(stale):
        return None
    for position, (rule, parent) in enumerate(zip(node.rules, node.parents, strict=True)):
        if rule is None or parent is None:
            continue
        value = values[position + 1]
        if stale[position + 1] and np.may_share_memory(value, node.output):
            return f"the array under the view that it made, of shape {np.shape(value)}"
        for index in _read_by(rule):
            if index < len(stale) and stale[index]:
                which = "output" if index == 0 else f"input {index}"
                return f"its {which}, of shape {np.shape(values[index])}"
    return None


def _read_by(rule: Rule) -> list[int]:
    """The positions among (output, *args) whose value the rule reads, by its parameters' names."""
    names = list(signature(rule).parameters)[1:]
    return [position for position, name in enumerate(names) if not name.startswith("_")]
