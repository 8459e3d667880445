"""Voice activity: in which frames of a recording somebody speaks, by loudness alone.

A frame is speech if it is `margin` dB louder than the background, which is what the softest tenth
of frames are as loud as. Speech ends softly and has gaps between words, so it is held for `hang`
frames after the last loud one (as in ITU-T G.729 B, whose other features are left out). It works
where noise is steady and weaker than speech, and takes any loud sound for speech.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from .errors import SettingError
from .features import decibels
from .stft import Framing, framed

__all__ = ["VoiceActivity", "stretches"]


@dataclass(frozen=True)
class VoiceActivity:
    """A detector.

    Attributes:
        framing: of which the window is not used
        margin: how much louder than the background speech is, dB
        softest: the share of frames that are taken for background
        hang: frames for which speech goes on after the last loud one
        silence: frames softer than this are never speech, dB of full scale
    """

    framing: Framing = field(default_factory=lambda: Framing(512, 160))
    margin: float = 9.0
    softest: float = 0.1
    hang: int = 20
    silence: float = -70.0

    def __post_init__(self) -> None:
        """Raise SettingError for a share that is none or a time below zero."""
        if not 0 < self.softest < 1 or self.hang < 0:
            raise SettingError(
                f"softest={self.softest} must be between 0 and 1 and hang={self.hang} at least 0"
            )

    def __call__(self, waveform: Float[Tensor, "*batch time"]) -> Bool[Tensor, "*batch frames"]:
        """Return whether each frame is speech; frames are those of `stft`."""
        power = framed(waveform, self.framing).square().mean(dim=-1, keepdim=True)
        level = decibels(power, span=None)[..., 0]
        background = level.quantile(self.softest, dim=-1, keepdim=True)
        loud = (level > background + self.margin) & (level > self.silence)
        rows = loud.reshape(-1, 1, loud.shape[-1]).to(waveform.dtype)
        held = nn.functional.max_pool1d(nn.functional.pad(rows, (self.hang, 0)), self.hang + 1, 1)
        return (held > 0).reshape(loud.shape)


def stretches(
    speech: Bool[Tensor, " frames"], framing: Framing, rate: int
) -> list[tuple[float, float]]:
    """Return from when to when somebody speaks, in seconds, in order."""
    edges = torch.diff(nn.functional.pad(speech.to(torch.int8), (1, 1)))
    begin, end = ((edges == sign).nonzero().flatten().tolist() for sign in (1, -1))
    second = framing.hop / rate
    return [(first * second, last * second) for first, last in zip(begin, end, strict=True)]
