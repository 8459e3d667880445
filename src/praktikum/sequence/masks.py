"""Dropout masks: zeros with probability p, and 1 / (1 - p) elsewhere.

All dropouts of this room draw from here, so they agree on what p means (the probability of being
dropped), on the scale (inverted: the mean of a mask is 1, and evaluation needs nothing) and on
where chance comes from (an explicit generator, or torch's own when it is None). With p = 0 a mask
is exactly one everywhere, and multiplying by it changes no bit.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .errors import SettingError

__all__ = ["check_probability", "dropout_mask"]


def check_probability(name: str, p: float) -> float:
    """Return `p`. Raise SettingError unless 0 <= p < 1; `name` is what the caller calls it."""
    if not 0 <= p < 1:
        raise SettingError(
            f"{name} is the probability of dropping and needs 0 <= {name} < 1, got {p}"
        )
    return p


def dropout_mask(
    like: Float[Tensor, "*shape"], p: float, generator: torch.Generator | None = None
) -> Float[Tensor, "*shape"]:
    """Return a mask of the shape, dtype and device of `like`: 0 with probability p, else 1/(1-p).

    `generator` must be on the device of `like`; None draws from torch's global one.
    """
    kept = torch.empty_like(like, requires_grad=False).bernoulli_(1 - p, generator=generator)
    return kept.div_(1 - p)
