"""How far gradients reach back: vanishing and exploding, measured.

Bengio, Simard, Frasconi, 1994, "Learning long-term dependencies with gradient descent is
difficult"; Pascanu, Mikolov, Bengio, 2013, section 2: the gradient that travels k steps back is
multiplied by k Jacobians. Where their singular values stay below 1 it vanishes, and above 1 it may
explode, both exponentially in k.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .errors import ShapeError

__all__ = ["growth_rate", "norms_by_distance"]


def norms_by_distance(
    layer: nn.Module,
    input: Float[Tensor, "time batch features"],
    generator: torch.Generator | None = None,
) -> Float[Tensor, " time"]:
    """Return how much the last output depends on each input, by the steps between them.

    Number k is the norm of the gradient by x_{T-1-k} of the last output's product with a random
    unit vector, one for each sequence; the root of the mean square over the batch. `layer` is
    called as a recurrent layer: its first result is [time, batch, hidden]. Gradients of its
    parameters stay as they were.
    """
    if input.ndim != 3:
        raise ShapeError(f"the input must be [time, batch, features], got {list(input.shape)}")
    leaf = input.detach().clone().requires_grad_()
    output, _ = layer(leaf)
    last = output[-1]  # (batch, hidden)
    directions = torch.randn(last.shape, dtype=last.dtype, device=last.device, generator=generator)
    directions /= directions.norm(dim=1, keepdim=True)
    (grad,) = torch.autograd.grad((last * directions).sum(), leaf)
    norms: Tensor = grad.norm(dim=2).square().mean(dim=1).sqrt()  # (time,)
    return norms.flip(0)


def growth_rate(norms: Float[Tensor, " time"]) -> float:
    """Return the factor by which norms change a step: below 1 they vanish, above 1 they explode.

    It is the slope of a straight line through their logarithms (least squares). Norms must be
    above 0.
    """
    if len(norms) < 2 or not bool((norms > 0).all()):
        raise ShapeError(f"a rate needs two norms or more, all above 0, got {norms.tolist()}")
    logs = norms.double().log()
    distance = torch.arange(len(norms), dtype=torch.float64, device=norms.device)
    distance -= distance.mean()
    return float(((distance * logs).sum() / distance.square().sum()).exp())
