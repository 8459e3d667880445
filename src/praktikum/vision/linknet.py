"""LinkNet: U-Net's shape, but skipped features are added, and the decoder is squeezed.

Chaurasia, Culurciello, 2017, "LinkNet: exploiting encoder representations for efficient semantic
segmentation", figures 1 and 2. A sum needs no convolution over twice the channels, and the
up-sampling works on a quarter of them, so the network is lighter than U-Net on the same encoder.
Unlike the paper, the encoder is VGG-13's and batch normalisation is asked for, so that the two
networks differ in their skips and decoders only.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from .encoder import VGG13Encoder
from .he_initialisation import initialise_for_relu
from .upsampling import UpsamplingKind, make_upsampling

__all__ = ["LinkNet", "LinkNetDecoderBlock"]


class LinkNetDecoderBlock(nn.Module):
    """Squeezes the channels to a quarter, doubles the size, widens, and adds what was skipped."""

    def __init__(
        self, in_channels: int, skip_channels: int, upsampling: UpsamplingKind, batch_norm: bool
    ) -> None:
        """Make `squeeze`, `upsampling` and `widen`; an activation follows each of the three.

        squeeze:    1×1 to a quarter of in_channels, at least 1
        upsampling: of `make_upsampling`, to as many channels; its activation opens `widen`
        widen:      1×1 to skip_channels
        """
        super().__init__()
        squeezed = max(1, in_channels // 4)
        self.squeeze = nn.Sequential(
            nn.Conv2d(in_channels, squeezed, 1), *_activation(squeezed, batch_norm)
        )
        self.upsampling = make_upsampling(upsampling, squeezed, squeezed)
        self.widen = nn.Sequential(
            *_activation(squeezed, batch_norm),
            nn.Conv2d(squeezed, skip_channels, 1),
            *_activation(skip_channels, batch_norm),
        )

    def forward(
        self,
        features: Float[Tensor, "batch channels half_height half_width"],
        skip: Float[Tensor, "batch skip_channels height width"],
    ) -> Float[Tensor, "batch skip_channels height width"]:
        """Return the features at the size of `skip`, with as many channels."""
        upsampled = self.upsampling(self.squeeze(features), skip.shape[-2:])
        result: Tensor = self.widen(upsampled) + skip
        return result


def _activation(channels: int, batch_norm: bool) -> list[nn.Module]:
    return [*([nn.BatchNorm2d(channels)] if batch_norm else []), nn.ReLU(inplace=True)]


class LinkNet(nn.Module):
    """Segmentation of images of any height and width: a logit for each class at each pixel.

    The arguments are those of `UNet`; up-sampling is by transposed convolution, as in the paper,
    unless asked otherwise.
    """

    def __init__(
        self,
        num_classes: int = 1,
        num_blocks: int = 3,
        *,
        width: int = 64,
        upsampling: UpsamplingKind = "transposed",
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = VGG13Encoder(num_blocks, width=width, batch_norm=batch_norm)
        self.decoder = nn.ModuleList(
            LinkNetDecoderBlock(deeper, skipped, upsampling, batch_norm)
            for deeper, skipped in pairwise(reversed(self.encoder.channels))
        )
        half = max(1, width // 2)
        output = nn.Conv2d(half, num_classes, kernel_size=1)
        self.head = nn.Sequential(
            nn.Conv2d(width, half, kernel_size=3, padding=1), nn.ReLU(inplace=True), output
        )
        initialise_for_relu(self, output)

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch num_classes height width"]:
        """Return logits."""
        *skips, features = self.encoder(images)
        for block, skip in zip(self.decoder, reversed(skips), strict=True):
            features = block(features, skip)
        logits: Tensor = self.head(features)
        return logits
