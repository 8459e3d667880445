"""Clipping of gradients, by norm and by value.

Pascanu, Mikolov, Bengio, 2013, "On the difficulty of training recurrent neural networks",
algorithm 1: where the loss has a cliff, one huge step throws the weights far away; the direction
is kept and the length limited. Clipping by value (Mikolov, 2012) limits each number by itself and
turns the direction. Both are equal to torch's functions of the same names.
"""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from .errors import SettingError

__all__ = ["clip_grad_norm_", "clip_grad_value_"]

TINY = 1e-6  # torch's: a gradient of zeros is divided by this


def clip_grad_norm_(parameters: Iterable[Tensor], max_norm: float) -> Float[Tensor, ""]:
    """Scale all gradients together, in place, so that their norm is at most `max_norm`.

    The norm is that of one vector made of the gradients of all parameters; smaller ones stay as
    they are. Returns the norm before clipping. Parameters without a gradient are passed over.

    Raises SettingError: a `max_norm` that is not above 0.
    """
    _check_limit("max_norm", max_norm)
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not grads:
        return torch.tensor(0.0)
    total: Tensor = torch.stack([grad.norm() for grad in grads]).norm()
    shrink = (max_norm / (total + TINY)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(shrink)
    return total


def clip_grad_value_(parameters: Iterable[Tensor], clip_value: float) -> None:
    """Bring each number of each gradient into [-clip_value, clip_value], in place.

    Raises SettingError: a `clip_value` that is not above 0.
    """
    _check_limit("clip_value", clip_value)
    for parameter in parameters:
        if parameter.grad is not None:
            parameter.grad.clamp_(-clip_value, clip_value)


def _check_limit(name: str, limit: float) -> None:
    if not limit > 0:
        raise SettingError(f"{name} must be above 0, got {limit}")
