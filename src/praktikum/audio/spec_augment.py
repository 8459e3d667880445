"""SpecAugment: bands of frequencies and stretches of time are blanked out while training.

Park, Chan, Zhang, Chiu, Zoph, Cubuk, Le, 2019, "SpecAugment: a simple data augmentation method for
automatic speech recognition", sections 2 and 3; the defaults are its policy LD. Time warping, from
which the authors gained least, is left out. Blanks are 0, the mean of features after CMVN. Each
recording of a batch has blanks of its own; those in time stay off its padding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .errors import SettingError

__all__ = ["SpecAugment"]


@dataclass(frozen=True)
class SpecAugment:
    """How much is blanked.

    Attributes:
        frequency_masks: bands of each recording
        frequency_width: the widest band, bins; the width is even from 0 to it
        time_masks: stretches of each recording
        time_width: the longest stretch, frames; the length is even from 0 to it
        time_share: no stretch is longer than this share of its recording
    """

    frequency_masks: int = 2
    frequency_width: int = 27
    time_masks: int = 2
    time_width: int = 100
    time_share: float = 1.0

    def __post_init__(self) -> None:
        """Raise SettingError for numbers below zero or a share that is none."""
        counts = self.frequency_masks, self.frequency_width, self.time_masks, self.time_width
        if min(counts) < 0 or not 0 <= self.time_share <= 1:
            raise SettingError(
                f"counts and widths must be at least 0 and time_share 0 to 1, got {counts} and "
                f"{self.time_share}"
            )

    def __call__(
        self,
        features: Float[Tensor, "batch bins frames"],
        generator: torch.Generator,
        lengths: Int[Tensor, " batch"] | None = None,
    ) -> Float[Tensor, "batch bins frames"]:
        """Return a copy with blanks.

        Args:
            features: of recordings, padded at the end.
            generator: what is random is drawn from it, on the processor: any device gives the same.
            lengths: frames of each that are not padding; None if all are.
        """
        batch, bins, frames = features.shape
        if lengths is None:
            lengths = torch.full((batch,), frames)
        real = lengths.cpu().to(torch.float64)
        widest = (self.time_share * real).clamp_max(self.time_width)
        every_bin = torch.full((batch,), float(bins), dtype=torch.float64)
        bands = _stretches(
            every_bin.clamp_max(self.frequency_width),
            every_bin,
            self.frequency_masks,
            bins,
            generator,
        )
        stretches = _stretches(widest, real, self.time_masks, frames, generator)
        blank = bands[:, :, None] | stretches[:, None, :]
        return features.masked_fill(blank.to(features.device), 0.0)


def _stretches(
    widest: Float[Tensor, " batch"],
    lengths: Float[Tensor, " batch"],
    count: int,
    size: int,
    generator: torch.Generator,
) -> Bool[Tensor, "batch {size}"]:
    """Where `count` stretches lie, each at most `widest` and within the first `lengths` places."""
    draws = torch.rand(2, len(lengths), count, generator=generator, dtype=torch.float64)
    width = (draws[0] * (widest.floor() + 1)[:, None]).floor()
    start = (draws[1] * (lengths[:, None] - width + 1)).floor()
    place = torch.arange(size)
    inside = (place >= start[..., None]) & (place < (start + width)[..., None])
    return inside.any(dim=1)
