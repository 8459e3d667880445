"""µ-law companding: levels that are close where sound is weak and far apart where it is strong.

    F(x) = sign(x) · ln(1 + µ|x|) / ln(1 + µ),  µ = 2^bits - 1

Steps grow with the sound, so its ratio to the loss stays the same over 40 dB, and 8 bits do the
work of 13. This is the curve itself, as WaveNet has it (van den Oord et al., 2016, equation in
section 2.2); the telephone's ITU-T G.711 replaces it with 16 straight pieces.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError

__all__ = ["compress", "expand", "from_mu_law", "to_mu_law"]


def compress(samples: Float[Tensor, "*any"], mu: float = 255.0) -> Float[Tensor, "*any"]:
    """Return F(x) of samples in [-1, 1]."""
    _check(mu)
    return samples.sign() * torch.log1p(mu * samples.abs()) / math.log1p(mu)


def expand(compressed: Float[Tensor, "*any"], mu: float = 255.0) -> Float[Tensor, "*any"]:
    """Return x with F(x) = `compressed`."""
    _check(mu)
    return compressed.sign() * torch.expm1(compressed.abs() * math.log1p(mu)) / mu


def to_mu_law(samples: Float[Tensor, "*any"], bits: int = 8) -> Int[Tensor, "*any"]:
    """Return the numbers 0 to 2^bits - 1 of the nearest levels; what is beyond [-1, 1] is cut."""
    mu = float(2**bits - 1)
    compressed = compress(samples.clamp(-1, 1), mu)
    return ((compressed + 1) / 2 * mu + 0.5).floor().to(torch.int64)


def from_mu_law(
    numbers: Int[Tensor, "*any"], bits: int = 8, dtype: torch.dtype = torch.float32
) -> Float[Tensor, "*any"]:
    """Return the samples that the numbers of levels stand for."""
    mu = float(2**bits - 1)
    return expand(2 * numbers.to(dtype) / mu - 1, mu)


def _check(mu: float) -> None:
    if mu <= 0:
        raise SettingError(f"mu={mu:g} must be above 0")
