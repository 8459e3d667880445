"""Two ways to double a feature map, and how unevenly each covers its output.

A transposed convolution (Dumoulin, Visin, 2016, "A guide to convolution arithmetic", ch. 4) lays
its kernel down once for each input pixel, `stride` output pixels apart. Where the kernel's size
isn't a multiple of the stride, neighbouring output pixels are covered by different numbers of
taps, and the output shows a checkerboard (Odena, Dumoulin, Olah, 2016, "Deconvolution and
checkerboard artifacts"). Repeating each pixel and then convolving covers all alike. With the same
kernel both have the same number of parameters.
"""

from typing import Literal, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError

__all__ = [
    "NearestUpsampling",
    "TransposedUpsampling",
    "Upsampling",
    "UpsamplingKind",
    "checkerboard_contrast",
    "make_upsampling",
    "overlap_counts",
]

UpsamplingKind = Literal["nearest", "transposed"]


@runtime_checkable
class Upsampling(Protocol):
    """Doubles height and width; of the last row and column keeps what fits `size`."""

    def __call__(
        self, features: Float[Tensor, "batch channels half_height half_width"], size: torch.Size
    ) -> Float[Tensor, "batch out_channels height width"]: ...


class NearestUpsampling(nn.Module):
    """Each pixel is repeated 2×2, then a 3×3 convolution."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)

    def forward(
        self, features: Float[Tensor, "batch channels half_height half_width"], size: torch.Size
    ) -> Float[Tensor, "batch out_channels height width"]:
        """Return the features at `size`, (height, width), where each half is rounded up."""
        height, width = size
        repeated = functional.interpolate(features, scale_factor=2, mode="nearest")
        result: Tensor = self.convolution(repeated[..., :height, :width])
        return result


class TransposedUpsampling(nn.Module):
    """A 3×3 transposed convolution of stride 2."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.convolution = nn.ConvTranspose2d(
            in_channels, out_channels, kernel_size=3, stride=2, padding=1
        )

    def forward(
        self, features: Float[Tensor, "batch channels half_height half_width"], size: torch.Size
    ) -> Float[Tensor, "batch out_channels height width"]:
        """Return the features at `size`, (height, width), where each half is rounded up."""
        result: Tensor = self.convolution(features, output_size=list(size))
        return result


def make_upsampling(kind: str, in_channels: int, out_channels: int) -> nn.Module:
    """Return an `Upsampling` of this kind.

    Raises SettingError if `kind` is neither "nearest" nor "transposed".
    """
    if kind == "nearest":
        return NearestUpsampling(in_channels, out_channels)
    if kind == "transposed":
        return TransposedUpsampling(in_channels, out_channels)
    raise SettingError(f"upsampling must be 'nearest' or 'transposed', got {kind!r}")


def overlap_counts(in_size: int, kernel_size: int, stride: int) -> Int[Tensor, " out_size"]:
    """Return how many taps of a transposed convolution reach each pixel of its output line.

    There is no padding: out_size = (in_size - 1) · stride + kernel_size. In two dimensions the
    counts of rows and columns multiply.

    >>> overlap_counts(4, kernel_size=3, stride=2).tolist()
    [1, 1, 2, 1, 2, 1, 2, 1, 1]
    >>> overlap_counts(4, kernel_size=4, stride=2).tolist()
    [1, 1, 2, 2, 2, 2, 2, 2, 1, 1]
    """
    counts = torch.zeros((in_size - 1) * stride + kernel_size, dtype=torch.int64)
    for position in range(in_size):
        counts[position * stride : position * stride + kernel_size] += 1
    return counts


@torch.no_grad()
def checkerboard_contrast(upsampling: nn.Module, channels: int, size: int = 8) -> float:
    """Return how much the output ripples where the input is flat: 0 means no checkerboard.

    The input is 1 everywhere, `size` by `size`. The contrast is the standard deviation over
    pixels divided by the root mean square, averaged over output channels; a border of 4 pixels,
    where padding is felt, is left out.
    """
    flat = torch.ones(1, channels, size, size)
    output = upsampling(flat, torch.Size((2 * size, 2 * size)))
    inner = output[0, :, 4:-4, 4:-4].flatten(1)  # (out_channels, pixels)
    spread = inner.std(dim=1, correction=0)
    level = inner.square().mean(dim=1).sqrt().clamp_min(torch.finfo(inner.dtype).tiny)
    return float((spread / level).mean())
