"""Tape-based reverse-mode automatic differentiation over NumPy arrays.

>>> from praktikum.scratch.autodiff import Tensor, grad
>>> x = Tensor(3.0, requires_grad=True)
>>> (slope,) = grad(x**2, x, create_graph=True)
>>> slope.item(), grad(slope, x)[0].item()
(6.0, 2.0)
"""

from .convolution import conv2d
from .drawing import to_dot, to_svg
from .elementwise import (
    absolute,
    exp,
    log,
    maximum,
    minimum,
    relu,
    sigmoid,
    sqrt,
    tanh,
    where,
)
from .engine import grad
from .errors import (
    AutodiffError,
    FreedGraphError,
    GradientError,
    InPlaceError,
    ShapeError,
)
from .functional import hessian, hvp, jacobian, jvp, vjp
from .linalg import linear, matmul
from .losses import cross_entropy, mse_loss, nll_loss
from .pooling import max_pool2d
from .reduce import log_softmax, logsumexp, softmax
from .shapes import (
    broadcast_to,
    concatenate,
    expand_dims,
    reshape,
    squeeze,
    stack,
    transpose,
)
from .tape import is_recording, no_grad
from .tensor import Tensor, from_numpy

__all__ = [
    "AutodiffError",
    "FreedGraphError",
    "GradientError",
    "InPlaceError",
    "ShapeError",
    "Tensor",
    "absolute",
    "broadcast_to",
    "concatenate",
    "conv2d",
    "cross_entropy",
    "exp",
    "expand_dims",
    "from_numpy",
    "grad",
    "hessian",
    "hvp",
    "is_recording",
    "jacobian",
    "jvp",
    "linear",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max_pool2d",
    "maximum",
    "minimum",
    "mse_loss",
    "nll_loss",
    "no_grad",
    "relu",
    "reshape",
    "sigmoid",
    "softmax",
    "sqrt",
    "squeeze",
    "stack",
    "tanh",
    "to_dot",
    "to_svg",
    "transpose",
    "vjp",
    "where",
]
