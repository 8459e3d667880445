"""U-Net: an encoder that halves, a decoder that doubles and looks at what the encoder saw.

Ronneberger, Fischer, Brox, 2015, "U-Net: convolutional networks for biomedical image
segmentation". The encoder is VGG-13's; convolutions are padded, so that the output is as large
as the input (the paper crops). With three blocks and one class there are 2,067,649 parameters,
1,145,408 of them in the encoder.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .encoder import VGG13Encoder, convolutions
from .he_initialisation import initialise_for_relu
from .upsampling import UpsamplingKind, make_upsampling

__all__ = ["UNet", "UNetDecoderBlock"]


class UNetDecoderBlock(nn.Module):
    """Doubles the features, lays the skipped ones beside them and convolves both together."""

    def __init__(
        self, in_channels: int, skip_channels: int, upsampling: UpsamplingKind, batch_norm: bool
    ) -> None:
        super().__init__()
        self.upsampling = make_upsampling(upsampling, in_channels, skip_channels)
        self.convolutions = convolutions(2 * skip_channels, skip_channels, batch_norm)

    def forward(
        self,
        features: Float[Tensor, "batch channels half_height half_width"],
        skip: Float[Tensor, "batch skip_channels height width"],
    ) -> Float[Tensor, "batch skip_channels height width"]:
        """Return the features at the size of `skip`, with as many channels."""
        upsampled = self.upsampling(features, skip.shape[-2:])
        result: Tensor = self.convolutions(torch.cat((skip, upsampled), dim=1))
        return result


class UNet(nn.Module):
    """Segmentation of images of any height and width: a logit for each class at each pixel.

    num_classes: channels of the output; 1 for "object or background"
    num_blocks:  levels of the encoder, 1 to 5; with one there is nothing to skip
    width:       channels of the first level; the next have 2, 4, 8 and 8 times as many
    upsampling:  "nearest" (then a convolution) or "transposed" (a transposed convolution)
    batch_norm:  normalise after the convolutions of each level; the paper and the count above
                 do without
    """

    def __init__(
        self,
        num_classes: int = 1,
        num_blocks: int = 3,
        *,
        width: int = 64,
        upsampling: UpsamplingKind = "nearest",
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = VGG13Encoder(num_blocks, width=width, batch_norm=batch_norm)
        self.decoder = nn.ModuleList(
            UNetDecoderBlock(deeper, skipped, upsampling, batch_norm)
            for deeper, skipped in pairwise(reversed(self.encoder.channels))
        )
        self.head = nn.Conv2d(width, num_classes, kernel_size=1)
        initialise_for_relu(self, output=self.head)

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch num_classes height width"]:
        """Return logits."""
        *skips, features = self.encoder(images)
        for block, skip in zip(self.decoder, reversed(skips), strict=True):
            features = block(features, skip)
        logits: Tensor = self.head(features)
        return logits
