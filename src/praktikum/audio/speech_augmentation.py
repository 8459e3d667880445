"""Another reading of the same words: features stretched in time and pitch, with noise and gaps.

Made from a spectrogram, not from a waveform, so it takes no more than a fraction of a millisecond.
A warp of the mel axis moves formants as a longer or shorter vocal tract does (Jaitly, Hinton, 2013,
"Vocal tract length perturbation improves speech recognition"); gaps are those of SpecAugment (Park
et al., 2019), filled with the mean of each mel bin.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from .errors import SettingError

__all__ = ["SpeechAugmentation"]


@dataclass(frozen=True)
class SpeechAugmentation:
    """What chance does to log-mel features.

    Attributes:
        tempo: largest change of the duration, as a share.
        pitch: largest change of the place on the mel axis, as a share.
        gain: largest change of the level, nats of power.
        noise: deviation of the noise that is added, nats.
        mel_gaps: gaps along the mel axis.
        mel_gap: bins of the widest of them.
        time_gaps: gaps along time for each second.
        time_gap: frames of the longest of them.
    """

    tempo: float = 0.12
    pitch: float = 0.06
    gain: float = 0.7
    noise: float = 0.2
    mel_gaps: int = 2
    mel_gap: int = 10
    time_gaps: float = 1.0
    time_gap: int = 12

    def __post_init__(self) -> None:
        for name in ("tempo", "pitch"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingError(f"{name} must be in [0, 1), got {getattr(self, name)}")
        for name in ("gain", "noise", "mel_gaps", "mel_gap", "time_gaps", "time_gap"):
            if getattr(self, name) < 0:
                raise SettingError(f"{name} must be at least 0, got {getattr(self, name)}")

    def __call__(
        self, features: Float[Tensor, "frames mels"], generator: torch.Generator
    ) -> Float[Tensor, "new_frames mels"]:
        """Return the features as they might have been."""
        tempo, pitch, gain = (2 * torch.rand(3, generator=generator) - 1).tolist()
        mean = features.mean(dim=0)
        features = _stretched(features, 1 + self.tempo * tempo, 1 + self.pitch * pitch)
        noise = torch.randn(features.shape, generator=generator)
        features = features + self.gain * gain + self.noise * noise
        frames, mels = features.shape
        for _ in range(self.mel_gaps):
            start, stop = _gap(mels, self.mel_gap, generator)
            features[:, start:stop] = mean[start:stop]
        for _ in range(round(self.time_gaps * frames / 100)):
            start, stop = _gap(frames, self.time_gap, generator)
            features[start:stop] = mean
        return features


def _stretched(
    features: Float[Tensor, "frames mels"], duration: float, pitch: float
) -> Float[Tensor, "new_frames mels"]:
    """Return features that last `duration` times as long, with bin m where `pitch` · m was.

    What lies beyond the last bin is as the last bin is.
    """
    frames, mels = features.shape
    new_frames = max(1, round(frames * duration))
    wide = functional.interpolate(
        features[None, None], (new_frames, max(1, round(mels / pitch))), mode="bilinear"
    )[0, 0]
    wide = wide[:, :mels]
    return torch.cat((wide, wide[:, -1:].expand(-1, mels - wide.shape[1])), dim=1)


def _gap(length: int, widest: int, generator: torch.Generator) -> tuple[int, int]:
    """Return where a gap of 0 to `widest` begins and ends."""
    width = int(torch.randint(min(widest, length) + 1, (), generator=generator))
    start = int(torch.randint(length - width + 1, (), generator=generator))
    return start, start + width
