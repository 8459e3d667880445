"""The short-time Fourier transform and its inverse, batched, on any device, differentiable.

A frame of `n_fft` samples is taken every `hop` samples, windowed and transformed. The inverse is
the least-squares one of Griffin and Lim, 1984, "Signal estimation from modified short-time Fourier
transform", equation (6): frames are windowed again, added where they overlap, and divided by the
sum of the squared windows there,

    x[t] = Σₘ w[t - m·hop] · xₘ[t - m·hop] / Σₘ w²[t - m·hop]

so a spectrum that nobody changed gives back the signal to rounding, whatever the window, as long
as every sample lies under some window. Frames are centred: frame m is about sample m · hop, which
takes n_fft / 2 samples of padding at either end and makes 1 + time // hop frames.

Values and layout are those of librosa and of `torch.stft`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Complex, Float
from torch import Tensor, nn

from .errors import SettingError, ShapeError
from .windows import WindowName, window

__all__ = ["Framing", "framed", "istft", "stft"]

LEAST_COVER = 1e-8  # of squared windows on a sample that is to be recovered


@dataclass(frozen=True)
class Framing:
    """How a signal is cut into frames.

    Attributes:
        n_fft: samples of a frame; its spectrum has n_fft // 2 + 1 bins
        hop: samples from a frame to the next
        window: its name
        window_length: samples of the window, in the middle of the frame; None for n_fft
        padding: what lies beyond the ends: zeros, or the signal mirrored
    """

    n_fft: int = 512
    hop: int = 128
    window: WindowName = "hann"
    window_length: int | None = None
    padding: Literal["zeros", "reflect"] = "zeros"

    def __post_init__(self) -> None:
        """Raise SettingError for lengths that do not go together."""
        length = self.n_fft if self.window_length is None else self.window_length
        if not 1 <= length <= self.n_fft:
            raise SettingError(f"window_length={length} must be 1 to n_fft={self.n_fft}")
        if self.n_fft % 2 or not 1 <= self.hop <= length:
            raise SettingError(
                f"n_fft={self.n_fft} must be even and hop={self.hop} be 1 to the window's {length}"
            )

    @property
    def bins(self) -> int:
        """Frequencies of a spectrum."""
        return self.n_fft // 2 + 1

    def frames(self, time: int) -> int:
        """Return how many frames a signal of `time` samples has."""
        return 1 + time // self.hop

    def taper(self, like: Tensor) -> Float[Tensor, " n_fft"]:
        """Return the window, padded to n_fft, with the type and device of `like`."""
        length = self.n_fft if self.window_length is None else self.window_length
        values = window(self.window, length, dtype=like.dtype, device=like.device)
        before = (self.n_fft - length) // 2
        padded: Tensor = nn.functional.pad(values, (before, self.n_fft - length - before))
        return padded


def stft(
    waveform: Float[Tensor, "*batch time"], framing: Framing
) -> Complex[Tensor, "*batch frequencies frames"]:
    """Return the spectrum of every frame: of `framed`, windowed by `taper`, bins 0 … n_fft / 2.

    To be written without `torch.stft`. Raises ShapeError for too few samples to mirror.
    """
    frames = framed(waveform, framing)
    spectrum: Tensor = torch.fft.rfft(frames * framing.taper(waveform))
    return spectrum.transpose(-1, -2)


def istft(
    spectrum: Complex[Tensor, "*batch frequencies frames"], framing: Framing, length: int
) -> Float[Tensor, "*batch {length}"]:
    """Return the signal of `length` samples whose frames are nearest to these spectra.

    That is equation (6) of Griffin and Lim: frames windowed once more, added where they overlap,
    and divided by the sum of the squared windows; n_fft / 2 samples of padding lie before the
    first. To be written without `torch.istft`.

    Raises ShapeError if the spectra are not those of a signal of this length, SettingError if the
    windows leave samples uncovered.
    """
    expected = (framing.bins, framing.frames(length))
    if tuple(spectrum.shape[-2:]) != expected:
        raise ShapeError(
            f"{length} samples have {expected[0]} frequencies × {expected[1]} frames, "
            f"got {spectrum.shape[-2]} × {spectrum.shape[-1]}"
        )
    frames = torch.fft.irfft(spectrum.transpose(-1, -2), n=framing.n_fft)
    taper = framing.taper(frames)
    ours = slice(framing.n_fft // 2, framing.n_fft // 2 + length)
    cover = _overlap_add((taper**2).expand(1, expected[1], -1), framing.hop)[0, ours]
    if length and cover.min() < LEAST_COVER:
        raise SettingError(
            f"a {framing.window} window every {framing.hop} samples leaves samples uncovered; "
            "take a smaller hop"
        )
    added = _overlap_add((frames * taper).reshape(-1, *frames.shape[-2:]), framing.hop)
    return (added[:, ours] / cover).reshape(*spectrum.shape[:-2], length)


def framed(
    waveform: Float[Tensor, "*batch time"], framing: Framing
) -> Float[Tensor, "*batch frames n_fft"]:
    """Return centred frames as a view of the padded signal: nothing is copied but the padding."""
    half, time = framing.n_fft // 2, waveform.shape[-1]
    if framing.padding == "zeros":
        silence = waveform.new_zeros(*waveform.shape[:-1], half)
        padded = torch.cat([silence, waveform, silence], dim=-1)
    elif time > half:
        rows = waveform.reshape(-1, time)  # F.pad mirrors only with an axis before the last
        padded = nn.functional.pad(rows, (half, half), mode="reflect").reshape(
            *waveform.shape[:-1], -1
        )
    else:
        raise ShapeError(
            f"mirroring takes more than {half} samples, got {time}; use padding='zeros'"
        )
    return padded.unfold(-1, framing.n_fft, framing.hop)


def _overlap_add(
    frames: Float[Tensor, "rows frames n_fft"], hop: int
) -> Float[Tensor, "rows padded_time"]:
    """Return frames added where they overlap; each begins `hop` samples after the one before.

    Of `count` frames there are (count - 1) · hop + n_fft samples.
    """
    count, n_fft = frames.shape[-2:]
    time = (count - 1) * hop + n_fft
    added = nn.functional.fold(frames.transpose(1, 2), (1, time), (1, n_fft), stride=(1, hop))
    return added[:, 0, 0]
