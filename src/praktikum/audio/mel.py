"""The mel scale and the bank of triangular filters that are evenly spaced on it.

Two scales are in use. HTK's (Young et al., "The HTK book") is a logarithm everywhere,

    m = 2595 log₁₀(1 + f / 700)

Slaney's (1998, "Auditory toolbox") is linear below 1 kHz, 15 mels there, and then a logarithm with
27 mels from 1 kHz to 6.4 kHz. Filters have a peak of 1, or, as Slaney has it, an area of 1 Hz, so
that white noise is flat. Values are those of librosa.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from .dft import frequencies
from .errors import SettingError

__all__ = ["MelScale", "filter_bands", "hz_to_mel", "mel_filters", "mel_to_hz"]

MelScale = Literal["slaney", "htk"]

LINEAR = 200 / 3  # Hz a mel, below the break
BREAK_HZ, BREAK_MEL = 1000.0, 15.0
STEP = math.log(6.4) / 27  # of ln(frequency) a mel, above the break


def hz_to_mel(hz: Float[Tensor, "*any"], scale: MelScale = "slaney") -> Float[Tensor, "*any"]:
    """Return frequencies, Hz, in mels."""
    if scale == "htk":
        return 2595 * torch.log10(1 + hz / 700)
    above = BREAK_MEL + torch.log(hz.clamp_min(BREAK_HZ) / BREAK_HZ) / STEP
    return torch.where(hz < BREAK_HZ, hz / LINEAR, above)


def mel_to_hz(mel: Float[Tensor, "*any"], scale: MelScale = "slaney") -> Float[Tensor, "*any"]:
    """Return mels as frequencies, Hz."""
    if scale == "htk":
        return 700 * (10 ** (mel / 2595) - 1)
    above = BREAK_HZ * torch.exp(STEP * (mel.clamp_min(BREAK_MEL) - BREAK_MEL))
    return torch.where(mel < BREAK_MEL, mel * LINEAR, above)


def mel_filters(
    n_mels: int,
    n_fft: int,
    rate: int,
    *,
    f_min: float = 0.0,
    f_max: float | None = None,
    scale: MelScale = "slaney",
    equal_area: bool = True,
) -> Float[Tensor, "mels frequencies"]:
    """Return the weight of each bin of a spectrum in each mel, float64.

    Args:
        n_mels: filters.
        n_fft: samples of a frame.
        rate: samples a second, Hz.
        f_min: where the lowest filter begins, Hz.
        f_max: where the highest filter ends, Hz; None for rate / 2.
        scale: on which filters are evenly spaced.
        equal_area: an area of 1 Hz instead of a peak of 1.

    Raises:
        SettingError: frequencies out of order, or a filter so narrow that no bin lies in it.
    """
    top = rate / 2 if f_max is None else f_max
    if n_mels < 1 or not 0 <= f_min < top <= rate / 2:
        raise SettingError(
            f"wanted at least 1 mel and 0 ≤ f_min < f_max ≤ {rate / 2:g} Hz, got n_mels={n_mels}, "
            f"f_min={f_min:g}, f_max={top:g}"
        )
    low, high = hz_to_mel(torch.tensor([f_min, top], dtype=torch.float64), scale)
    corners = mel_to_hz(torch.linspace(low, high, n_mels + 2, dtype=torch.float64), scale)
    left, middle, right = (corners[start : start + n_mels, None] for start in range(3))
    hz = frequencies(n_fft, rate)
    rising, falling = (hz - left) / (middle - left), (right - hz) / (right - middle)
    weights = torch.minimum(rising, falling).clamp_min(0)
    if not weights.any(dim=1).all():
        empty = int((~weights.any(dim=1)).nonzero()[0])
        raise SettingError(
            f"filter {empty} of {n_mels} holds no bin of {rate / n_fft:.1f} Hz; take fewer mels or "
            f"a larger n_fft than {n_fft}"
        )
    return weights * (2 / (right - left)) if equal_area else weights


def filter_bands(
    filters: Float[Tensor, "mels bins"], count: int
) -> list[tuple[slice, Float[Tensor, "some_mels some_bins"]]]:
    """Return the filters in `count` groups of neighbours: bins that a group weighs, and weights.

    A filter is zero in most bins. Together the products of the groups with their bins take about
    1 / `count` of the multiplications that the whole bank takes.
    """
    bands = []
    for group in filters.tensor_split(min(count, len(filters))):
        weighed = group.any(dim=0).nonzero()
        bins = slice(int(weighed[0]), int(weighed[-1]) + 1)
        bands.append((bins, group[:, bins].contiguous()))
    return bands
