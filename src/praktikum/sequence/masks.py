"""Dropout masks: zeros with probability p, and 1 / (1 - p) elsewhere.

All dropouts of this room draw from here, so they agree on what p means (the probability of being
dropped), on the scale (inverted: the mean of a mask is 1, and evaluation needs nothing) and on
where chance comes from (an explicit generator, or torch's own when it is None). With p = 0 a mask
is exactly one everywhere, and multiplying by it changes no bit.

A mask a step is a lot of chance: a random number of 64 bits is cut into four draws of 16, or eight
of 8 where p is a multiple of 1/256, which takes a tenth of the time of `bernoulli_`. So p is
rounded to a multiple of 1/65536.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .errors import SettingError

__all__ = ["check_probability", "draw_bernoulli", "dropout_mask"]

LEVELS = 1 << 16


def check_probability(name: str, p: float) -> float:
    """Return `p`. Raise SettingError unless 0 <= p < 1; `name` is what the caller calls it."""
    if not 0 <= p < 1:
        raise SettingError(f"{name} is a probability of dropping: 0 <= {name} < 1, got {p}")
    return p


def rounded(p: float) -> float:
    """Return the probability that is drawn for `p`: the nearest multiple of 1/65536 below 1."""
    return min(round(p * LEVELS), LEVELS - 1) / LEVELS


def draw_bernoulli(
    like: Float[Tensor, "*shape"], p: float, generator: torch.Generator | None = None
) -> Bool[Tensor, "*shape"]:
    """Return True with probability p, each by itself, in the shape and on the device of `like`.

    `generator` must be on that device; None draws from torch's global one.
    """
    levels, threshold = _draw_levels(like, p, generator)
    return levels < threshold


def dropout_mask(
    like: Float[Tensor, "*shape"], p: float, generator: torch.Generator | None = None
) -> Float[Tensor, "*shape"]:
    """Return a mask of the shape, dtype and device of `like`: 0 with probability p, else 1/(1-p).

    Zero is where `draw_bernoulli` would be True. `generator` must be on the device of `like`; None
    draws from torch's global one.
    """
    mask = like.new_empty(like.shape)  # kept are 1: compared and converted in one pass
    levels, threshold = _draw_levels(like, p, generator)
    torch.ge(levels, threshold, out=mask)
    return mask.div_(1 - rounded(p))


def _draw_levels(like: Tensor, p: float, generator: torch.Generator | None) -> tuple[Tensor, int]:
    """Return integers in the shape of `like`, each as likely, and what a share p of them is below.

    They have as few bits as p needs, 8 or 16.
    """
    share = rounded(p)
    bits, kind = (8, torch.int8) if (share * 256).is_integer() else (16, torch.int16)
    count = like.numel()
    chance = torch.empty(-(-count * bits // 64), dtype=torch.int64, device=like.device)
    chance.random_(-(2**63), None, generator=generator)
    threshold = round(share * 2**bits) - 2 ** (bits - 1)
    return chance.view(kind)[:count].view(like.shape), threshold
