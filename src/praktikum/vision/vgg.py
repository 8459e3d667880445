"""VGG: depth from 3×3 convolutions alone, with and without batch normalisation.

Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition" (2015),
table 1, columns A, B, D and E; initial weights as He et al. (2015), since without normalisation
the paper's own had to be pretrained in steps. Parameters are named as in the published weights.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .classifier import Classifier
from .errors import SettingError

__all__ = ["VGG"]

CHANNELS = (64, 128, 256, 512, 512)  # of the five blocks
CONVOLUTIONS = {  # in each block, by the number of layers with weights
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}


class VGG(Classifier):
    """Five blocks of convolutions, each ended by pooling, and three dense layers.

    Args:
        depth: layers with weights: 11, 13, 16 or 19.
        batch_norm: normalise after each convolution (published as `vgg16_bn` and so on).
        n_classes: classes to tell apart.
        in_channels: 1 for grey pictures, 3 for colour.
        pooled: places, down and across, that the dense layers see; 7 is VGG, and 1 suits small
            pictures: with 7 nine tenths of the weights are in the first dense layer.
        hidden: width of the two hidden dense layers.
        dropout: share of the hidden values that is dropped in training.
    """

    HEAD = "classifier.6"

    def __init__(
        self,
        depth: int = 16,
        batch_norm: bool = True,
        n_classes: int = 1000,
        in_channels: int = 3,
        pooled: int = 7,
        hidden: int = 4096,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        if depth not in CONVOLUTIONS:
            raise SettingError(f"VGG has {', '.join(map(str, CONVOLUTIONS))} layers, got {depth}")
        blocks = []
        for convolutions, channels in zip(CONVOLUTIONS[depth], CHANNELS, strict=True):
            blocks.append(_block(in_channels, channels, convolutions, batch_norm))
            in_channels = channels
        self.features = nn.Sequential(*(layer for block in blocks for layer in block))
        self.block_lengths = [len(block) for block in blocks]
        self.avgpool = nn.AdaptiveAvgPool2d(pooled)
        self.classifier = nn.Sequential(
            nn.Linear(in_channels * pooled**2, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, n_classes),
        )
        self._initialise()

    def stages(self) -> list[nn.Module]:
        """Return the five blocks of convolutions and the two hidden dense layers as one stage."""
        stages: list[nn.Module] = []
        start = 0
        for length in self.block_lengths:
            stages.append(self.features[start : start + length])
            start += length
        return [*stages, self.classifier[:-1]]

    def embed(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch features"]:
        """Return the second hidden dense layer's output. Pictures: at least 32 pixels a side."""
        places = self.avgpool(self.features(images))  # (batch, 512, pooled, pooled)
        embedding: Tensor = self.classifier[:-1](torch.flatten(places, 1))
        return embedding

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.01)
            if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)


def _block(in_channels: int, channels: int, convolutions: int, batch_norm: bool) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for _ in range(convolutions):
        layers.append(nn.Conv2d(in_channels, channels, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(channels))
        layers.append(nn.ReLU(inplace=True))
        in_channels = channels
    return [*layers, nn.MaxPool2d(2)]
