"""Features of speech: power spectrogram, log-mel, MFCC; pre-emphasis before, CMVN after.

    waveform ─ pre_emphasis ─ |STFT|² ─ mel filters ─ log ─ DCT = MFCC
                                                       └─ CMVN ─ to a network

Values are those of librosa in layout (frequencies or mels before frames), in the mel filters and in
the DCT. Source: Davis, Mermelstein, 1980, "Comparison of parametric representations for
monosyllabic word recognition in continuously spoken sentences".

A spectrogram of a minute does not fit into a cache, a megabyte of it does: mels are made block by
block, from samples to mels, passing over most of the zeros that filters consist of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError, ShapeError
from .mel import MelScale, filter_bands, mel_filters
from .stft import Framing, framed, stft

__all__ = [
    "MelSettings",
    "cmvn",
    "dct_matrix",
    "decibels",
    "log_mel",
    "mel_power",
    "mfcc",
    "power_spectrogram",
    "pre_emphasis",
]

BLOCK = 2**18  # samples of the frames that are worked on together: a megabyte
LEAST = 64  # frames that are worked on together, however many recordings there are
BANDS = 5  # groups of filters
FLOOR = 1e-10  # power below it is taken for it: -100 dB


@dataclass(frozen=True)
class MelSettings:
    """How mels are made of a waveform.

    Attributes:
        rate: samples a second, Hz
        framing: of 25 ms every 10 ms unless said otherwise
        n_mels: filters
        f_min: where the lowest begins, Hz
        f_max: where the highest ends, Hz; None for rate / 2
        scale: on which they are evenly spaced
        equal_area: their area is 1 Hz instead of a peak of 1
    """

    rate: int = 16_000
    framing: Framing = field(default_factory=lambda: Framing(512, 160, "hann", 400))
    n_mels: int = 80
    f_min: float = 0.0
    f_max: float | None = None
    scale: MelScale = "slaney"
    equal_area: bool = True

    def filters(self, like: Tensor) -> Float[Tensor, "mels frequencies"]:
        """Return the bank of filters with the type and device of `like`. Raises SettingError."""
        bank = mel_filters(
            self.n_mels,
            self.framing.n_fft,
            self.rate,
            f_min=self.f_min,
            f_max=self.f_max,
            scale=self.scale,
            equal_area=self.equal_area,
        )
        return bank.to(like.device, like.dtype)


def pre_emphasis(
    waveform: Float[Tensor, "*batch time"], coefficient: float = 0.97
) -> Float[Tensor, "*batch time"]:
    """Return y[t] = x[t] - coefficient · x[t - 1], with silence before the first sample.

    High frequencies of speech are weak; this raises them by up to 6 dB an octave.
    """
    earlier = torch.nn.functional.pad(waveform[..., :-1], (1, 0))
    return waveform - coefficient * earlier


def power_spectrogram(
    waveform: Float[Tensor, "*batch time"], framing: Framing
) -> Float[Tensor, "*batch frequencies frames"]:
    """Return |STFT|², the power of every frequency in every frame."""
    spectrum = torch.view_as_real(stft(waveform, framing))
    return spectrum.square().sum(dim=-1)


def mel_power(
    waveform: Float[Tensor, "*batch time"], settings: MelSettings
) -> Float[Tensor, "*batch mels frames"]:
    """Return the power in every mel filter in every frame."""
    return torch.cat(list(_mel_blocks(waveform, settings)), dim=-1)


def log_mel(
    waveform: Float[Tensor, "*batch time"], settings: MelSettings, floor: float = FLOOR
) -> Float[Tensor, "*batch mels frames"]:
    """Return the natural logarithm of the power in every mel, of `floor` where it is below."""
    blocks = _mel_blocks(waveform, settings)
    return torch.cat([block.clamp_min(floor).log() for block in blocks], dim=-1)


def decibels(
    power: Float[Tensor, "*batch bins frames"], floor: float = FLOOR, span: float | None = 80.0
) -> Float[Tensor, "*batch bins frames"]:
    """Return 10 · log₁₀ of powers, none more than `span` dB below the strongest of its recording.

    span: None keeps all, down to `floor`
    """
    if span is None:
        return 10 * torch.log10(power.clamp_min(floor))
    strongest = power.amax((-2, -1), keepdim=True)
    return 10 * torch.log10(power.maximum((strongest * 10 ** (-span / 10)).clamp_min(floor)))


def mfcc(
    waveform: Float[Tensor, "*batch time"], settings: MelSettings, n_coefficients: int = 13
) -> Float[Tensor, "*batch coefficients frames"]:
    """Return the first coefficients of the cosine transform of the mels in dB.

    Raises SettingError if there are fewer mels than that.
    """
    if not 1 <= n_coefficients <= settings.n_mels:
        raise SettingError(f"n_coefficients={n_coefficients} must be 1 to n_mels={settings.n_mels}")
    level = decibels(mel_power(waveform, settings))
    return dct_matrix(settings.n_mels).to(level)[:n_coefficients] @ level


def dct_matrix(n: int) -> Float[Tensor, "n n"]:
    """Return the orthonormal DCT-II: row k is √(2/n) cos(π k (m + ½) / n), row 0 is √(1/n)."""
    k = torch.arange(n, dtype=torch.float64)
    rows = math.sqrt(2 / n) * torch.cos(math.pi / n * torch.outer(k, k + 0.5))
    rows[0] /= math.sqrt(2)
    return rows


def cmvn(
    features: Float[Tensor, "batch bins frames"],
    lengths: Int[Tensor, " batch"] | None = None,
    epsilon: float = 1e-5,
) -> Float[Tensor, "batch bins frames"]:
    """Return features with a mean of 0 and a variance of 1 in every bin of every recording.

    Args:
        features: of recordings, padded at the end.
        lengths: frames of each that are not padding; None if all are. Padding becomes 0 and counts
            in neither mean nor variance.
        epsilon: added to the variance, for bins that never change.

    Raises:
        ShapeError: a length is not 1 to the number of frames.
    """
    frames = features.shape[-1]
    if lengths is None:
        lengths = features.new_full((len(features),), frames, dtype=torch.int64)
    if not ((lengths >= 1) & (lengths <= frames)).all():
        raise ShapeError(
            f"wanted {len(features)} lengths of 1 to {frames} frames, got {lengths.tolist()}"
        )
    real = torch.arange(frames, device=features.device) < lengths[:, None, None]  # (batch 1 frames)
    count = lengths[:, None, None].to(features.dtype)
    centred = (features - (features * real).sum(-1, keepdim=True) / count) * real
    variance = centred.square().sum(-1, keepdim=True) / count
    return centred * torch.rsqrt(variance + epsilon)


def _mel_blocks(
    waveform: Float[Tensor, "*batch time"], settings: MelSettings
) -> Iterator[Float[Tensor, "*batch mels some_frames"]]:
    """The power in mels, some frames after others."""
    framing = settings.framing
    taper, bands = _taper_and_bands(settings, waveform.dtype, waveform.device)
    rows = math.prod(waveform.shape[:-1])
    together = max(LEAST, BLOCK // (max(rows, 1) * framing.n_fft))
    for frames in torch.split(framed(waveform, framing), together, dim=-2):
        squares = torch.view_as_real(torch.fft.rfft(frames * taper)).square().flatten(-2)
        mels = [filters @ squares[..., bins].transpose(-1, -2) for bins, filters in bands]
        yield torch.cat(mels, dim=-2)


@lru_cache(maxsize=32)
def _taper_and_bands(
    settings: MelSettings, dtype: torch.dtype, device: torch.device
) -> tuple[Float[Tensor, " n_fft"], list[tuple[slice, Float[Tensor, "_ _"]]]]:
    """The window, and the filters in bands; kept, so also made where gradients are not."""
    with torch.inference_mode(False):
        like = torch.empty(0, dtype=dtype, device=device)
        # A bin's real and imaginary part have one weight, so the filters add their squares, too.
        filters = settings.filters(like).repeat_interleave(2, dim=1)
        return settings.framing.taper(like), filter_bands(filters, BANDS)
