"""Derivatives of functions: products with the Jacobian, the Jacobian and the Hessian whole.

Reverse mode gives vector-Jacobian products. The rest follows from it: the Jacobian is such a
product for each output; a Jacobian-vector product is the gradient of a vector-Jacobian product by
the vector, in which it is linear (the double-backward trick, J. Townsend, 2017); the Hessian is the
Jacobian of the gradient, and its product with a vector needs no Hessian.

Every function takes `function` and `inputs`, an array or Tensor or a tuple of them, and answers in
the same form. With `create_graph` the answer can be differentiated further: by whatever the
function reads, and by inputs that are already on the tape.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .engine import grad
from .errors import GradientError, ShapeError
from .shapes import reshape, stack
from .tape import recording
from .tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vjp"]

Function = Callable[..., Any]


def vjp(
    function: Function, inputs: Any, vector: Any = None, *, create_graph: bool = False
) -> tuple[Any, Any]:
    """The output, and vectorᵀ J in the form of the inputs.

    `vector` has the output's shape; a scalar output needs none.
    """
    points, output = _evaluate(function, inputs, create_graph)
    if vector is None and output.size != 1:
        raise GradientError(f"vjp: an output of shape {output.shape} needs a vector of that shape")
    vector = np.ones(output.shape, output.dtype) if vector is None else vector
    gradients = _gradients(output, points, vector, create_graph)
    return _released(output, create_graph), _like(inputs, gradients)


def jvp(
    function: Function, inputs: Any, vector: Any, *, create_graph: bool = False
) -> tuple[Any, Any]:
    """The output, and J vector in the output's shape; `vector` has the form of the inputs."""
    points, output = _evaluate(function, inputs, create_graph)
    directions = _directions(points, vector, "jvp")
    covector = Tensor(np.zeros(output.shape), True, output.dtype)
    with recording():
        pulled = _gradients(output, points, covector, True)
        (product,) = _gradients(_inner(pulled, directions), [covector], None, create_graph)
    return _released(output, create_graph), product


def jacobian(function: Function, inputs: Any, *, create_graph: bool = False) -> Any:
    """∂ output / ∂ input for each input, of shape output.shape + input.shape."""
    points, output = _evaluate(function, inputs, create_graph)
    rows = [
        _gradients(output, points, unit.reshape(output.shape), create_graph, retain_graph=True)
        for unit in np.eye(output.size, dtype=output.dtype)
    ]
    with recording():
        blocks = [
            reshape(stack(column), output.shape + point.shape)
            for column, point in zip(zip(*rows, strict=True), points, strict=True)
        ]
    return _like(inputs, blocks)


def hessian(function: Function, inputs: Any, *, create_graph: bool = False) -> Any:
    """∂² output / ∂ input ∂ input' of a scalar function, of shape input.shape + input'.shape.

    For a tuple of inputs a tuple of rows, each a tuple of blocks.
    """
    points = _tuple(inputs)
    rows = []
    for position in range(len(points)):

        def gradient(*at: Tensor, position: int = position) -> Tensor:
            (value,) = _gradients(_scalar(function(*at), "hessian"), [at[position]], None, True)
            return value

        rows.append(jacobian(gradient, points, create_graph=create_graph))
    return tuple(rows) if isinstance(inputs, tuple) else rows[0][0]


def hvp(
    function: Function, inputs: Any, vector: Any, *, create_graph: bool = False
) -> tuple[Any, Any]:
    """The scalar output, and the Hessian times `vector`, both in the form of the inputs."""
    points, output = _evaluate(function, inputs, create_graph)
    directions = _directions(points, vector, "hvp")
    with recording():
        gradients = _gradients(_scalar(output, "hvp"), points, None, True)
        products = _gradients(_inner(gradients, directions), points, None, create_graph)
    return _released(output, create_graph), _like(inputs, products)


def _evaluate(function: Function, inputs: Any, create_graph: bool) -> tuple[list[Tensor], Tensor]:
    """The inputs as leaves (or, to be differentiated further, where they are) and the output."""
    points = []
    for value in _tuple(inputs):
        on_tape = isinstance(value, Tensor) and value.requires_grad
        points.append(value if on_tape and create_graph else _leaf(value))
    with recording():
        output = function(*points)
    if not isinstance(output, Tensor):
        raise GradientError(f"the function must return a Tensor, got {type(output).__name__}")
    return points, output


def _leaf(value: Any) -> Tensor:
    return Tensor(value, requires_grad=True)


def _gradients(
    output: Tensor,
    points: Any,
    vector: Any,
    create_graph: bool,
    retain_graph: bool | None = None,
) -> list[Tensor]:
    """The gradients by the points, zeros by one that plays no part."""
    if not output.requires_grad:
        return [Tensor(np.zeros(point.shape), dtype=point.dtype) for point in points]
    found = grad(
        output,
        points,
        vector,
        create_graph=create_graph,
        retain_graph=retain_graph,
        allow_unused=True,
    )
    return [
        Tensor(np.zeros(point.shape), dtype=point.dtype) if value is None else value
        for value, point in zip(found, points, strict=True)
    ]


def _inner(left: list[Tensor], right: list[Any]) -> Tensor:
    total = Tensor(0.0, dtype=left[0].dtype)
    for a, b in zip(left, right, strict=True):
        total = total + (a * b).sum()
    return total


def _directions(points: list[Tensor], vector: Any, name: str) -> list[Any]:
    directions = [v if isinstance(v, Tensor) else np.asarray(v) for v in _tuple(vector)]
    wanted, got = [point.shape for point in points], [v.shape for v in directions]
    if wanted != got:
        raise ShapeError(f"{name}: the vector's shapes {got} must be the inputs', {wanted}")
    return directions


def _scalar(output: Tensor, name: str) -> Tensor:
    if output.size != 1:
        raise GradientError(f"{name}: the function must return a scalar, got shape {output.shape}")
    return output


def _released(output: Tensor, create_graph: bool) -> Tensor:
    return output if create_graph else output.detach()


def _tuple(inputs: Any) -> tuple[Any, ...]:
    return inputs if isinstance(inputs, tuple) else (inputs,)


def _like(inputs: Any, values: list[Tensor]) -> Any:
    return tuple(values) if isinstance(inputs, tuple) else values[0]
