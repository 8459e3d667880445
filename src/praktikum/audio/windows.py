"""Windows: what a piece of sound is multiplied by before its spectrum is taken.

Cutting a piece out is multiplying by a rectangle, and the spectrum of a rectangle leaks: its side
lobes are but 13 dB below the main one. A window that rises from zero and falls to it has lower side
lobes (Hann 31 dB, Hamming 43, Blackman 58) and a main lobe as wide as two rectangles' or three.

    w[n] = Σₖ (-1)ᵏ aₖ cos(2π k n / N),  n = 0 … N - 1

Source: Harris, 1978, "On the use of windows for harmonic analysis with the discrete Fourier
transform". Windows are periodic: the one that follows would begin with the same zero, so shifted
copies add up to a constant. The symmetric ones of filter design have N - 1 in place of N.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from .errors import SettingError

__all__ = ["WINDOWS", "WindowName", "window"]

WindowName = Literal["rectangular", "hann", "hamming", "blackman"]

WINDOWS: dict[str, tuple[float, ...]] = {
    "rectangular": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
}
"""The coefficients aₖ of each window."""


def window(
    name: WindowName,
    length: int,
    *,
    symmetric: bool = False,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str | None = None,
) -> Float[Tensor, " length"]:
    """Return a window of `length` samples, at most 1. Raises SettingError for no such window."""
    if name not in WINDOWS:
        raise SettingError(f"no window {name!r}: there are {', '.join(WINDOWS)}")
    if length < 1:
        raise SettingError(f"a window needs at least 1 sample, got {length}")
    if length == 1:
        return torch.ones(1, dtype=dtype, device=device)
    period = length - 1 if symmetric else length
    turns = 2 * math.pi / period * torch.arange(length, dtype=torch.float64)
    values = torch.zeros(length, dtype=torch.float64)
    for k, coefficient in enumerate(WINDOWS[name]):
        values += (-1) ** k * coefficient * torch.cos(k * turns)
    return values.clamp_min(0).to(device, dtype)  # Blackman's ends are -1e-17
