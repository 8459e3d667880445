"""Reverse mode: the gradients walk the tape backwards, from the outputs to the leaves.

Nodes leave a heap in the reverse of the order in which they were recorded, so a node is reached
only when all its users have added to its gradient. There is no recursion: depth costs nothing.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from heapq import heappop, heappush
from typing import Any, TypeVar

import numpy as np

from .elementwise import cast, copy
from .errors import FreedGraphError, GradientError, InPlaceError
from .reduce import sum
from .shapes import broadcast_to, reshape
from .tape import Array, Node, Variable, recording, spoilt

__all__ = ["backward", "grad"]

Place = Node | Variable
Differentiable = TypeVar("Differentiable", bound=Variable)


def backward(
    output: Variable,
    gradient: Any = None,
    *,
    retain_graph: bool = False,
    create_graph: bool = False,
) -> None:
    """Add d output / d leaf, weighted by `gradient`, to `grad` of every leaf that requires it.

    `gradient` has the output's shape and defaults to 1 for a scalar. The graph is released unless
    `retain_graph`; with `create_graph` it is kept, and the gradients are themselves on the tape.

    Raises: GradientError for a non-scalar without a gradient, for one of a wrong shape, and for an
    output that depends on nothing; FreedGraphError; InPlaceError.
    """
    kind = type(output)
    start = [(_place(output), _seed(output, gradient, create_graph))]
    for place, g in _walk(start, None, retain_graph or create_graph, create_graph).items():
        assert isinstance(place, Variable)
        g = g if create_graph else kind.at(g, None)
        place.grad = g if place.grad is None else place.grad + g


def grad(
    outputs: Variable | Sequence[Variable],
    inputs: Differentiable | Sequence[Differentiable],
    gradients: Any = None,
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Any, ...]:
    """The gradients of the outputs' sum by each input, as a tuple; no `grad` is touched.

    Inputs may be leaves or results of operations. `gradients` weighs the outputs (one for each, as
    in `backward`). With `allow_unused` an input that plays no part gets None. `retain_graph`
    defaults to `create_graph`.

    Raises: as `backward`, and GradientError for an input that plays no part.
    """
    outputs = [outputs] if isinstance(outputs, Variable) else list(outputs)
    inputs = [inputs] if isinstance(inputs, Variable) else list(inputs)
    if gradients is None or isinstance(gradients, Variable | np.ndarray):
        gradients = [gradients] * len(outputs)
    wanted = [_place(x, "input") for x in inputs]
    start = [
        (_place(output), _seed(output, gradient, create_graph))
        for output, gradient in zip(outputs, gradients, strict=True)
    ]
    retain = create_graph if retain_graph is None else retain_graph
    found = _walk(start, set(wanted), retain, create_graph)
    return tuple(
        _found(found.get(place), x, position, create_graph, allow_unused)
        for position, (place, x) in enumerate(zip(wanted, inputs, strict=True))
    )


def _found(g: Any, x: Variable, position: int, create_graph: bool, allow_unused: bool) -> Any:
    if g is None:
        if not allow_unused:
            raise GradientError(
                f"input {position} plays no part in the outputs; pass allow_unused=True to get None"
            )
        return None
    return g if create_graph else type(x).at(g, None)


def _place(x: Variable, role: str = "output") -> Place:
    if not x.requires_grad:
        raise GradientError(
            f"this {role}, of shape {x.data.shape}, has no place on the tape: nothing it was made "
            "of has requires_grad=True, or it was made inside no_grad or by detach"
        )
    return x.node or x


def _seed(output: Variable, gradient: Any, create_graph: bool) -> Any:
    """The gradient that the walk starts with: an array, or a Variable if it is to be recorded."""
    data = output.data
    if gradient is None:
        if data.size != 1:
            raise GradientError(
                f"backward from shape {data.shape} needs a gradient of that shape; only a scalar "
                "has a default: sum or average the output, or pass the gradient"
            )
        gradient = np.ones_like(data)
    value = gradient.data if isinstance(gradient, Variable) else np.asarray(gradient, data.dtype)
    if value.shape != data.shape:
        raise GradientError(
            f"the gradient's shape {value.shape} must be the output's, {data.shape}"
        )
    if not create_graph:
        return value
    return gradient if isinstance(gradient, Variable) else type(output).at(value, None)


def _walk(
    start: list[tuple[Place, Any]], wanted: set[Place] | None, retain: bool, create_graph: bool
) -> dict[Place, Any]:
    """Carry gradients from the start to the wanted places (None: to all leaves)."""
    useful = None if wanted is None else _leading_to([place for place, _ in start], wanted)
    pending: dict[Place, Any] = {}
    found: dict[Place, Any] = {}
    heap: list[tuple[int, Node]] = []

    def deliver(place: Place, g: Any) -> None:
        if place in pending:
            pending[place] = pending[place] + g
            return
        pending[place] = g
        if isinstance(place, Node):
            heappush(heap, (-place.order, place))

    with recording() if create_graph else nullcontext():
        for place, g in start:
            deliver(place, g)
        while heap:
            node = heappop(heap)[1]
            g = pending.pop(node)
            if wanted is not None and node in wanted:
                found[node] = copy(g)
            if useful is None or not useful.isdisjoint(node.parents):
                _step(node, g, useful, deliver, type(g) if create_graph else None)
                if not retain:
                    node.release()
        for place, g in pending.items():
            if wanted is None or place in wanted:
                found[place] = copy(g)  # rules pass arrays on: without it two leaves could share
    return found


def _step(node: Node, g: Any, useful: set[Place] | None, deliver: Any, kind: Any) -> None:
    """Apply the rules of one node; with a `kind` of Variable the rules' work is recorded."""
    args, y = node.args, node.output
    if args is None:
        raise FreedGraphError(
            f"the values saved for {node.operation.__name__} were released by an earlier backward; "
            "pass retain_graph=True to it, or compute the output again"
        )
    if (trouble := spoilt(node)) is not None:
        raise InPlaceError(
            f"the gradient of {node.operation.__name__} reads {trouble}, which was changed in "
            "place after it was recorded; change a copy instead"
        )
    values = args
    if kind is not None:
        y = kind.at(y, node)
        values = _on_tape(node, args, kind)
    for rule, parent, value in zip(node.rules, node.parents, args, strict=False):
        if rule is None or parent is None or (useful is not None and parent not in useful):
            continue
        gradient = rule(g, y, *values)
        if gradient.shape != value.shape or gradient.dtype != value.dtype:
            gradient = fit(gradient, value)
        deliver(parent, gradient)


def _on_tape(node: Node, args: tuple[Any, ...], kind: type[Variable]) -> tuple[Any, ...]:
    """The node's arguments with each differentiated array back at its place on the tape."""
    values = list(args)
    for position, parent in enumerate(node.parents):
        if isinstance(parent, Node):
            values[position] = kind.at(args[position], parent)
        elif parent is not None:
            if parent.data is not args[position]:
                raise InPlaceError(
                    f"the data of a leaf that {node.operation.__name__} read was replaced; "
                    "compute the output again"
                )
            values[position] = parent
    return tuple(values)


def fit(gradient: Any, value: Array) -> Any:
    """The gradient summed or repeated to the value's shape and cast to its dtype."""
    shape = value.shape
    if gradient.shape != shape:
        extra = len(gradient.shape) - len(shape)
        if extra < 0 or (extra == 0 and gradient.size < value.size):
            gradient = broadcast_to(gradient, shape)
        else:
            stretched = tuple(
                axis
                for axis, length in enumerate(gradient.shape)
                if axis < extra or (shape[axis - extra] == 1 and length != 1)
            )
            gradient = reshape(sum(gradient, stretched), shape)
    return gradient if gradient.dtype == value.dtype else cast(gradient, value.dtype)


def _leading_to(start: list[Place], wanted: set[Place]) -> set[Place]:
    """The places from which a wanted one can be reached."""
    seen: set[Place] = set(start)
    stack = list(start)
    while stack:
        place = stack.pop()
        for parent in place.parents if isinstance(place, Node) else ():
            if parent is not None and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    useful = seen & wanted
    nodes = [place for place in seen if isinstance(place, Node)]
    for node in sorted(nodes, key=lambda node: node.order):
        if not useful.isdisjoint(node.parents):
            useful.add(node)
    return useful
