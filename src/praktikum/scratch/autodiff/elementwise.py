"""Functions of one or two arrays, element by element, each with its derivative beside it.

A rule multiplies the incoming gradient `g` by the local derivative; broadcasting is undone by the
engine. Where a function has a kink the conventions are torch's: relu'(0) = abs'(0) = 0, and equal
operands of `maximum` share the gradient.
"""

from typing import Any

import numpy as np
from scipy.special import expit

from .tape import Array, Operation, operation

__all__ = [
    "absolute",
    "add",
    "cast",
    "copy",
    "divide",
    "exp",
    "log",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "power",
    "relu",
    "sigmoid",
    "sign",
    "sqrt",
    "subtract",
    "tanh",
    "where",
]

add = operation(
    np.add,
    lambda g, *_: g,
    lambda g, *_: g,
    name="add",
    doc="a + b.",
)
subtract = operation(
    np.subtract,
    lambda g, *_: g,
    lambda g, *_: -g,
    name="subtract",
    doc="a - b.",
)
multiply = operation(
    np.multiply,
    lambda g, _y, _a, b: g * b,
    lambda g, _y, a, _b: g * a,
    name="multiply",
    doc="a * b.",
)
divide = operation(
    np.true_divide,
    lambda g, _y, _a, b: g / b,
    lambda g, _y, a, b: -g * a / (b * b),
    name="divide",
    doc="a / b.",
)
negative = operation(np.negative, lambda g, *_: -g, name="negative", doc="-x.")
where: Operation = operation(
    np.where,
    None,
    lambda g, _y, condition, *_: where(condition, g, 0.0),
    lambda g, _y, condition, *_: where(condition, 0.0, g),
    name="where",
    doc="a where the condition holds, b elsewhere; the condition is not differentiated.",
)


def _power_by_base(g: Any, _y: Any, a: Any, b: Any) -> Any:
    if isinstance(b, int | float):
        return g * (b * a ** (b - 1)) if b else 0 * g
    return g * (b * a ** where(b == 0, 1, b - 1))  # not 0 * 0**-1, which is NaN


def _power_by_exponent(g: Any, y: Any, a: Any, _b: Any) -> Any:
    return g * y * log(where(a == 0, 1, a))  # 0**b is flat in b; log 0 must not meet it


power = operation(np.power, _power_by_base, _power_by_exponent, name="power", doc="a ** b.")

exp = operation(np.exp, lambda g, y, _x: g * y, name="exp", doc="e ** x.")
log = operation(np.log, lambda g, _y, x: g / x, name="log", doc="The natural logarithm of x > 0.")
sqrt = operation(np.sqrt, lambda g, y, _x: g / (2 * y), name="sqrt", doc="The square root of x.")
tanh = operation(
    np.tanh, lambda g, y, _x: g * (1 - y * y), name="tanh", doc="The hyperbolic tangent."
)
sigmoid = operation(
    expit,
    lambda g, y, _x: g * (y * (1 - y)),
    name="sigmoid",
    doc="1 / (1 + e ** -x), without overflow.",
)
sign = operation(
    np.sign, lambda g, *_: 0 * g, name="sign", doc="-1, 0 or 1; its gradient is zero everywhere."
)
absolute = operation(np.absolute, lambda g, _y, x: g * sign(x), name="absolute", doc="|x|.")


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _gate(x: Array, switch: Array) -> Array:
    passes: Array = np.greater(switch, 0, out=np.empty_like(x))
    passes *= x  # np.where would be six times slower on a random mask
    return passes


gate: Operation = operation(
    _gate,
    lambda g, _y, _x, switch: gate(g, switch),
    None,
    name="gate",
    doc="x where the switch, of the same shape, is positive, else 0.",
)
relu = operation(
    _relu,
    lambda g, y, _x: gate(g, y),
    name="relu",
    doc="x where it is positive, else 0.",
)


def _share(wins: Any, ties: Any, g: Any) -> Any:
    return where(wins, g, where(ties, g / 2, 0.0))


maximum = operation(
    np.maximum,
    lambda g, _y, a, b: _share(a > b, a == b, g),
    lambda g, _y, a, b: _share(b > a, a == b, g),
    name="maximum",
    doc="The larger of a and b.",
)
minimum = operation(
    np.minimum,
    lambda g, _y, a, b: _share(a < b, a == b, g),
    lambda g, _y, a, b: _share(b < a, a == b, g),
    name="minimum",
    doc="The smaller of a and b.",
)

copy = operation(
    np.array, lambda g, *_: g, name="copy", doc="The same values in memory of its own."
)
cast = operation(
    np.asarray,
    lambda g, *_: g,  # the engine casts it back
    name="cast",
    doc="x in another floating-point dtype.",
)
