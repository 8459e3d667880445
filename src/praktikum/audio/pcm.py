"""Pulse-code modulation: samples as whole numbers of a few bits, and as the bytes of a file.

A sample in [-1, 1) becomes the nearest of 2^bits levels, 2^(1 - bits) apart. What is lost is about
as strong as noise that is even over a step, so a sine of full scale has a signal-to-noise ratio of

    6.02 · bits + 1.76 dB

(Bennett, 1948, "Spectra of quantized signals"). For weak sounds the loss is no noise, it follows
the sound and is heard as distortion; dither, noise added before rounding that is triangular over
two steps, makes it noise again (Lipshitz, Wannamaker, Vanderkooy, 1992, "Quantization and dither").
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError, ShapeError

__all__ = ["dequantise", "from_pcm", "quantise", "to_pcm"]

PCM_BITS = (8, 16, 24, 32)


def quantise(
    samples: Float[Tensor, "*any"], bits: int, dither: torch.Generator | None = None
) -> Int[Tensor, "*any"]:
    """Return the nearest levels, -2^(bits - 1) to 2^(bits - 1) - 1; what is beyond is cut.

    dither: where the noise that is added before rounding is drawn from; None adds none

    Raises SettingError unless bits is 2 to 32.
    """
    half = _half(bits)
    scaled = samples.to(torch.float64) * half
    if dither is not None:
        uniform = torch.rand(2, *samples.shape, generator=dither, dtype=torch.float64)
        scaled = scaled + (uniform[0] - uniform[1]).to(scaled.device)
    return scaled.round().clamp(-half, half - 1).to(torch.int64)


def dequantise(levels: Int[Tensor, "*any"], bits: int) -> Float[Tensor, "*any"]:
    """Return levels as samples, float64. Raises SettingError as `quantise`."""
    return levels.to(torch.float64) / _half(bits)


def to_pcm(samples: Float[Tensor, "channels time"], bits: int = 16) -> bytes:
    """Return samples as the bytes of a WAV file's data: channels in turn, lowest byte first.

    Numbers are signed but for 8 bits, where silence is 128. Raises SettingError for other widths
    than 8, 16, 24 and 32 bits.
    """
    width = _bytes_of(bits)
    levels = quantise(samples.T.contiguous(), bits) + (128 if bits == 8 else 0)
    four = levels.numpy().astype("<i8").view(np.uint8).reshape(-1, 8)  # two's complement
    return four[:, :width].tobytes()


def from_pcm(content: bytes, channels: int = 1, bits: int = 16) -> Float[Tensor, "channels time"]:
    """Return samples from what `to_pcm` made, float64.

    Raises SettingError as `to_pcm`, ShapeError if the bytes do not fill whole frames of channels.
    """
    width = _bytes_of(bits)
    if channels < 1 or len(content) % (width * channels):
        raise ShapeError(
            f"{len(content)} bytes are no whole frames of {channels} channels × {width} bytes"
        )
    wide = np.zeros((len(content) // width, 4), np.uint8)
    wide[:, 4 - width :] = np.frombuffer(content, np.uint8).reshape(-1, width)  # sign on top
    levels = torch.from_numpy(wide.view("<i4")[:, 0].astype(np.int64))
    if bits == 8:
        levels = (levels & 0xFFFFFFFF) - 2**31  # 8 bits count from 0
    return (levels.to(torch.float64) / 2**31).reshape(-1, channels).T


def _half(bits: int) -> int:
    if not 2 <= bits <= 32:
        raise SettingError(f"bits={bits} must be 2 to 32")
    return 1 << (bits - 1)


def _bytes_of(bits: int) -> int:
    if bits not in PCM_BITS:
        raise SettingError(f"bits={bits} must be one of {', '.join(map(str, PCM_BITS))}")
    return bits // 8
