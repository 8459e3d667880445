"""A denoiser: a Conformer looks at the spectrum and says how much of each bin is speech.

Each bin of the short-time spectrum is multiplied by a number from 0 to 1 and the waveform is built
again; the phase stays that of the noisy sound. Such masks: Wang, Narayanan and Wang, 2014, "On
training targets for supervised speech separation"; trained by what the waveform becomes: Luo and
Mesgarani, 2019, "Conv-TasNet". Left out: masks that turn phases too.

The mask is for sound of a level near `LEVEL`; `denoise_stream` brings any recording to it. With a
reach that has ends, a sample depends on `context` samples before and after it and no other.
"""

from dataclasses import dataclass
from typing import TypeVar

from jaxtyping import Complex, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence import mask_of_lengths

from .conformer import Conformer, Positions
from .conformer_convolution import NormName
from .conformer_reach import Reach
from .errors import SettingError
from .stft import Framing, istft, stft

__all__ = ["LEVEL", "RATE", "Denoiser", "DenoiserSettings"]

Length = TypeVar("Length", int, Tensor)

RATE = 16_000
"""Samples a second that the model is for, Hz."""

LEVEL = 0.1
"""The root mean square of a recording that the model expects; full scale is 1."""

FLOOR = 1e-3  # of magnitudes, below which all are the same silence


@dataclass(frozen=True)
class DenoiserSettings:
    """What a denoiser is made of.

    Attributes:
        d_model: features of the Conformer, default 96.
        n_heads: heads of attention, default 2.
        n_blocks: blocks, default 3.
        d_feedforward: features of the feed-forwards' hidden layers, default 192.
        kernel_size: frames of the convolutions, default 15.
        dropout: probability, default 0.
        positions: ``relative`` or ``rotary``, default ``relative``.
        norm: of the convolution modules, ``batch`` or ``layer``, default ``batch``.
        before, after: frames that attention sees before and after a frame; none is all. Default
            32 and 32, half a second; with ``after = 0`` the model looks at nothing later.
        n_fft: samples of a frame, default 512.
        hop: samples from a frame to the next, default 256.
    """

    d_model: int = 96
    n_heads: int = 2
    n_blocks: int = 3
    d_feedforward: int = 192
    kernel_size: int = 15
    dropout: float = 0.0
    positions: Positions = "relative"
    norm: NormName = "batch"
    before: int | None = 32
    after: int | None = 32
    n_fft: int = 512
    hop: int = 256

    def __post_init__(self) -> None:
        """Raise SettingError where frames do not overlap evenly; layers check the other sizes."""
        if self.hop < 1 or self.n_fft % (2 * self.hop):
            raise SettingError(f"twice hop={self.hop} must divide n_fft={self.n_fft}")


class Denoiser(nn.Module):
    """Waveforms of noisy speech at 16 kHz become waveforms of speech.

    Raises SettingError: settings that do not fit each other.
    """

    def __init__(self, settings: DenoiserSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = DenoiserSettings() if settings is None else settings
        self.framing = Framing(settings.n_fft, settings.hop)
        self.input = nn.Linear(self.framing.bins, settings.d_model)
        self.conformer = Conformer(
            settings.d_model,
            settings.n_heads,
            settings.n_blocks,
            d_feedforward=settings.d_feedforward,
            kernel_size=settings.kernel_size,
            dropout=settings.dropout,
            positions=settings.positions,
            norm=settings.norm,
            reach=Reach(settings.before, settings.after),
        )
        self.output = nn.Linear(settings.d_model, self.framing.bins)

    @property
    def context(self) -> int | None:
        """How many samples before and after a sample can matter to it, whole hops; None if all."""
        reach, kernel = self.conformer.reach, self.settings.kernel_size
        if reach.before is None or reach.after is None:
            return None
        convolution = kernel - 1 if reach.causal else kernel // 2
        frames = self.settings.n_blocks * (max(reach.before, reach.after) + convolution)
        return frames * self.framing.hop + self.framing.n_fft

    def forward(
        self,
        noisy: Float[Tensor, "batch time"],
        lengths: Int[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch time"]:
        """Return the speech: the spectrum of the noisy waveform, masked, as a waveform again.

        Zeros are put after the waveform so that it has `_frames(time)` frames, and are cut off
        again. Samples of padding are zeros in what is returned.

        lengths: samples of each waveform, which must be followed by zeros; None: there is no
                 padding
        """
        time = noisy.shape[1]
        padded = functional.pad(noisy, (0, (self._frames(time) - 1) * self.framing.hop - time))
        spectrum = stft(padded, self.framing).transpose(1, 2)  # (batch, frames, bins)
        frames = None if lengths is None else self._frames(lengths)
        speech = spectrum * self.mask(spectrum, frames)
        waveform = istft(speech.transpose(1, 2), self.framing, padded.shape[1])[:, :time]
        return waveform if lengths is None else waveform * mask_of_lengths(lengths, time).T

    def mask(
        self,
        spectrum: Complex[Tensor, "batch frames bins"],
        lengths: Int[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch frames bins"]:
        """Return how much of each bin is speech, from 0 to 1.

        What is looked at is half the logarithm of the magnitude, FLOOR added to it: it goes through
        `input`, `conformer`, `output` and a sigmoid.

        lengths: frames of each waveform; None: there is no padding
        """
        features = (spectrum.abs() + FLOOR).log() / 2
        output: Tensor = self.output(self.conformer(self.input(features), lengths))
        return output.sigmoid()

    def _frames(self, length: Length) -> Length:
        """Return how many frames have some of so many samples under their windows."""
        hop = self.framing.hop
        return (length + hop - 1) // hop + self.framing.n_fft // (2 * hop)
