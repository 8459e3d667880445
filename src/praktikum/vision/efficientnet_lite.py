"""EfficientNet-Lite0: an ImageNet classifier of 4.65 million parameters, made for processors.

Blocks that widen the channels sixfold, filter each channel by itself (depthwise) and narrow them
again: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks" (2018), table 1.
Their widths and depths: Tan, Le, "EfficientNet" (2019), table 1. "Lite" (Google, 2020) has ReLU6
for swish and no squeeze-and-excitation.

Pictures are padded as in TensorFlow, where the weights were trained: an odd pixel of padding goes
below and to the right. Stochastic depth, used only in training from scratch, is left out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from .classifier import Classifier

__all__ = ["EfficientNetLite0"]

Images = Float[Tensor, "batch channels height width"]
Maps = Float[Tensor, "batch out_channels out_height out_width"]


class _Stage(NamedTuple):
    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STEM_CHANNELS, HEAD_CHANNELS = 32, 1280
STAGES = (
    _Stage(repeats=1, kernel=3, stride=1, expansion=1, channels=16),
    _Stage(repeats=2, kernel=3, stride=2, expansion=6, channels=24),
    _Stage(repeats=2, kernel=5, stride=2, expansion=6, channels=40),
    _Stage(repeats=3, kernel=3, stride=2, expansion=6, channels=80),
    _Stage(repeats=3, kernel=5, stride=1, expansion=6, channels=112),
    _Stage(repeats=4, kernel=5, stride=2, expansion=6, channels=192),
    _Stage(repeats=1, kernel=3, stride=1, expansion=6, channels=320),
)


class SameConv2d(nn.Conv2d):
    """A convolution whose output has ⌈height / stride⌉ by ⌈width / stride⌉ places."""

    def forward(self, input: Images) -> Maps:
        """Return the convolution of the input, padded with zeros as TensorFlow does."""
        down, across = (
            max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
            for size, stride, kernel in zip(
                input.shape[2:], self.stride, self.kernel_size, strict=True
            )
        )
        frame = (across // 2, across - across // 2, down // 2, down - down // 2)
        return super().forward(functional.pad(input, frame))


class InvertedBottleneck(nn.Module):
    """Widen, filter each channel by itself, narrow without ReLU; add the input where it fits."""

    def __init__(
        self, in_channels: int, channels: int, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        wide = in_channels * expansion
        self.expands = expansion > 1
        if self.expands:
            self.expand_conv = nn.Conv2d(in_channels, wide, 1, bias=False)
            self.bn0 = _norm(wide)
        self.depthwise_conv = SameConv2d(wide, wide, kernel, stride, groups=wide, bias=False)
        self.bn1 = _norm(wide)
        self.project_conv = nn.Conv2d(wide, channels, 1, bias=False)
        self.bn2 = _norm(channels)
        self.adds_input = stride == 1 and in_channels == channels

    def forward(self, x: Images) -> Maps:
        """Return the block's output."""
        y = functional.relu6(self.bn0(self.expand_conv(x))) if self.expands else x
        y = functional.relu6(self.bn1(self.depthwise_conv(y)))
        y = self.bn2(self.project_conv(y))
        out: Tensor = y + x if self.adds_input else y
        return out


class EfficientNetLite0(Classifier):
    """A stem, seven stages of inverted bottlenecks, a 1×1 convolution, a mean, a linear head.

    Args:
        n_classes: classes to tell apart; ImageNet has 1,000.
        dropout: share of the embedding that is dropped in training.
    """

    def __init__(self, n_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        self.conv_stem = SameConv2d(3, STEM_CHANNELS, 3, stride=2, bias=False)
        self.bn0 = _norm(STEM_CHANNELS)
        self.blocks = nn.ModuleList()
        in_channels = STEM_CHANNELS
        for stage in STAGES:
            for number in range(stage.repeats):
                stride = stage.stride if number == 0 else 1
                self.blocks.append(
                    InvertedBottleneck(
                        in_channels, stage.channels, stage.kernel, stride, stage.expansion
                    )
                )
                in_channels = stage.channels
        self.conv_head = nn.Conv2d(in_channels, HEAD_CHANNELS, 1, bias=False)
        self.bn1 = _norm(HEAD_CHANNELS)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(HEAD_CHANNELS, n_classes)

    def stages(self) -> list[nn.Module]:
        """Return the stem, the seven stages of blocks and the last convolution."""
        stem = nn.Sequential(self.conv_stem, self.bn0, nn.ReLU6())
        stages: list[nn.Module] = [stem]
        start = 0
        for stage in STAGES:
            stages.append(nn.Sequential(*self.blocks[start : start + stage.repeats]))
            start += stage.repeats
        return [*stages, nn.Sequential(self.conv_head, self.bn1, nn.ReLU6())]

    def embed(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch features"]:
        """Return the mean over places of the last convolution's output."""
        x = images
        for stage in self.stages():
            x = stage(x)
        embedding: Tensor = self.dropout(torch.mean(x, dim=(2, 3)))
        return embedding


def _norm(channels: int) -> nn.BatchNorm2d:
    """Batch normalisation with TensorFlow's constants: its momentum of 0.99 is torch's 0.01."""
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
