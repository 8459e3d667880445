"""Sampling: what of a sound its samples keep, and what they mistake.

Samples taken `rate` times a second keep every frequency below rate / 2, and the sound can be had
back at any moment (Shannon, 1949, "Communication in the presence of noise", theorem 1):

    x(t) = Σₙ x[n] sinc(rate · t - n),  sinc(u) = sin(πu) / (πu)

A tone above rate / 2 has the very samples of a lower one, its alias, and is heard as that: the
spectrum is folded at every multiple of rate / 2. So it must be filtered out before sampling.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from .errors import SettingError

__all__ = ["alias", "reconstruct", "tone"]


def tone(frequency: float, rate: int, seconds: float, phase: float = 0.0) -> Float[Tensor, " time"]:
    """Return samples of sin(2π · frequency · t + phase), Hz and radians, float64."""
    _check_rate(rate)
    moments = torch.arange(round(seconds * rate), dtype=torch.float64) / rate
    return torch.sin(2 * math.pi * frequency * moments + phase)


def alias(frequency: float, rate: int) -> float:
    """Return the frequency, 0 to rate / 2, whose samples a tone of this frequency has, Hz.

    >>> alias(9_000, rate=16_000)
    7000.0
    """
    _check_rate(rate)
    return abs(frequency - rate * round(frequency / rate)) + 0.0


def reconstruct(
    samples: Float[Tensor, " time"], rate: int, moments: Float[Tensor, " moments"]
) -> Float[Tensor, " moments"]:
    """Return what the sound was at these moments, seconds, between samples too.

    The sum goes over the samples there are, as if silence were beyond; near the ends it is rough.
    """
    _check_rate(rate)
    distances = rate * moments[:, None] - torch.arange(len(samples), device=samples.device)
    return torch.sinc(distances).to(samples.dtype) @ samples


def _check_rate(rate: int) -> None:
    if rate < 1:
        raise SettingError(f"rate={rate} must be at least 1 sample a second")
