"""From the bytes of a file to the numbers that a network was trained on.

Each network wants its own: so many channels, a size, a mean and a scale for each channel. Weights
that someone else trained are of no use with other numbers, and the mistake raises no error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from .errors import ShapeError

__all__ = ["Pixels", "pixels_of"]


@dataclass(frozen=True)
class Pixels:
    """Calling it gives (value − mean) / std, with values from 0 to 1, for a batch of pictures.

    Attributes:
        mean: of each channel
        std: of each channel
        size: height and width that pictures are brought to, bilinearly; None leaves them
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    size: int | None = None

    def __call__(
        self, images: UInt8[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch wanted_channels new_height new_width"]:
        """Return what the network wants; a grey picture is repeated for each of its channels.

        Raises ShapeError for another number of channels.
        """
        channels = images.shape[1]
        if channels not in (1, len(self.mean)):
            raise ShapeError(
                f"pictures have {channels} channels, the network wants {len(self.mean)}: convert "
                "them to grey or to the right number"
            )
        x = images.float() / 255
        if self.size is not None:
            wanted = (self.size, self.size)
            x = functional.interpolate(x, wanted, mode="bilinear", antialias=True)
        mean = torch.tensor(self.mean, device=x.device).view(-1, 1, 1)
        std = torch.tensor(self.std, device=x.device).view(-1, 1, 1)
        return (x - mean) / std  # grey: broadcast over the channels


def pixels_of(images: UInt8[np.ndarray, "examples channels height width"]) -> Pixels:
    """Return the preparation that gives these pictures mean 0 and deviation 1 in each channel."""
    values = [images[:, channel] for channel in range(images.shape[1])]
    mean = tuple(float(channel.mean()) / 255 for channel in values)
    std = tuple(max(float(channel.std()) / 255, 1e-3) for channel in values)
    return Pixels(mean, std)
