"""A small convolutional network, for pictures of 8 to 64 pixels: LeNet's plan in today's parts.

Blocks of two 3×3 convolutions with batch normalisation and ReLU; the pictures are halved between
blocks and their channels doubled, so that each block costs about the same. A mean over places
makes the embedding, whatever the size of the picture.

Sources: LeCun et al., "Gradient-based learning applied to document recognition" (1998); global
average pooling is from Lin, Chen, Yan, "Network in network" (2014), section 3.2.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .classifier import Classifier
from .errors import SettingError

__all__ = ["SmallCNN"]


class SmallCNN(Classifier):
    """Blocks of convolutions, a mean over places, dropout, a linear head.

    Args:
        n_classes: classes to tell apart.
        in_channels: 1 for grey pictures, 3 for colour.
        width: channels of the first block; each further one has twice as many.
        n_blocks: pictures must be at least 2^(n_blocks − 1) pixels high and wide.
        dropout: share of the embedding that is dropped in training.
    """

    def __init__(
        self,
        n_classes: int = 10,
        in_channels: int = 1,
        width: int = 32,
        n_blocks: int = 3,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if min(n_classes, in_channels, width, n_blocks) < 1:
            raise SettingError(
                f"n_classes={n_classes}, in_channels={in_channels}, width={width} and "
                f"n_blocks={n_blocks} must be at least 1"
            )
        channels = [in_channels] + [width * 2**number for number in range(n_blocks)]
        self.blocks = nn.ModuleList(_block(*pair) for pair in pairwise(channels))
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(channels[-1], n_classes)

    def stages(self) -> list[nn.Module]:
        """Return the blocks."""
        return list(self.blocks)

    def embed(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch features"]:
        """Return the mean over places of the last block's output."""
        x = self.blocks[0](images)
        for block in self.blocks[1:]:
            x = block(self.pool(x))
        embedding: Tensor = self.dropout(torch.mean(x, dim=(2, 3)))
        return embedding


def _block(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two convolutions that keep height and width; normalisation makes their biases needless."""
    layers: list[nn.Module] = []
    for channels in (in_channels, out_channels):
        layers += [
            nn.Conv2d(channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)
