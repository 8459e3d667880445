"""ResNet: blocks that learn what to add to their input, so that depth does no harm.

He, Zhang, Ren, Sun, "Deep residual learning for image recognition" (2016), table 1 and figure 5.
Where a block halves the picture, its input takes the short way through a 1×1 convolution (option
B), and in a bottleneck the 3×3 convolution has the stride, as in the published weights ("v1.5",
a little better than the paper's). Parameters are named as there.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .classifier import Classifier
from .errors import SettingError

__all__ = ["BasicBlock", "Bottleneck", "ResNet"]

Images = Float[Tensor, "batch channels height width"]
Maps = Float[Tensor, "batch out_channels out_height out_width"]


class BasicBlock(nn.Module):
    """x + two 3×3 convolutions of x (equation 1 of the paper; equation 2 with `downsample`)."""

    expansion: ClassVar[int] = 1

    def __init__(self, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _short_way(in_channels, width, stride)

    def forward(self, x: Images) -> Maps:
        """Return relu(short(x) + residual(x))."""
        residual = self.relu(self.bn1(self.conv1(x)))
        residual = self.bn2(self.conv2(residual))
        y: Tensor = self.relu(residual + (x if self.downsample is None else self.downsample(x)))
        return y


class Bottleneck(nn.Module):
    """x + a 3×3 convolution between two 1×1 that narrow the channels and widen them fourfold."""

    expansion: ClassVar[int] = 4

    def __init__(self, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        out_channels = self.expansion * width
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _short_way(in_channels, out_channels, stride)

    def forward(self, x: Images) -> Maps:
        """Return relu(short(x) + residual(x))."""
        residual = self.relu(self.bn1(self.conv1(x)))
        residual = self.relu(self.bn2(self.conv2(residual)))
        residual = self.bn3(self.conv3(residual))
        y: Tensor = self.relu(residual + (x if self.downsample is None else self.downsample(x)))
        return y


Block = type[BasicBlock] | type[Bottleneck]

PLANS: dict[int, tuple[Block, tuple[int, int, int, int]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
}


class ResNet(Classifier):
    """A stem, four stages of residual blocks, a mean over places, a linear head.

    Args:
        depth: layers with weights: 18, 34 or 50.
        n_classes: classes to tell apart.
        in_channels: 1 for grey pictures, 3 for colour.
        stem: "imagenet" quarters the picture before the first block (7×7 at stride 2, pooling);
            "small" does not (3×3), for pictures of 32 pixels, as in section 4.2 of the paper.
    """

    def __init__(
        self,
        depth: int = 18,
        n_classes: int = 1000,
        in_channels: int = 3,
        stem: str = "imagenet",
    ) -> None:
        super().__init__()
        if depth not in PLANS:
            raise SettingError(f"ResNet has {', '.join(map(str, PLANS))} layers, got {depth}")
        if stem not in ("imagenet", "small"):
            raise SettingError(f"stem must be 'imagenet' or 'small', got '{stem}'")
        block, repeats = PLANS[depth]
        small = stem == "small"
        self.conv1 = (
            nn.Conv2d(in_channels, 64, 3, padding=1, bias=False)
            if small
            else nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        )
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.Identity() if small else nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(block, 64, 64, repeats[0], stride=1)
        self.layer2 = _stage(block, 64 * block.expansion, 128, repeats[1], stride=2)
        self.layer3 = _stage(block, 128 * block.expansion, 256, repeats[2], stride=2)
        self.layer4 = _stage(block, 256 * block.expansion, 512, repeats[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * block.expansion, n_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def stages(self) -> list[nn.Module]:
        """Return the stem and the four stages of blocks."""
        stem = nn.Sequential(self.conv1, self.bn1, self.relu, self.maxpool)
        return [stem, self.layer1, self.layer2, self.layer3, self.layer4]

    def embed(self, images: Images) -> Float[Tensor, "batch features"]:
        """Return the mean over places of the last stage's output."""
        x = images
        for stage in self.stages():
            x = stage(x)
        return torch.flatten(self.avgpool(x), 1)


def _stage(block: Block, in_channels: int, width: int, repeats: int, stride: int) -> nn.Sequential:
    """Blocks of one width, of which the first has the stride."""
    blocks: list[nn.Module] = [block(in_channels, width, stride)]
    blocks += [block(width * block.expansion, width, 1) for _ in range(repeats - 1)]
    return nn.Sequential(*blocks)


def _short_way(in_channels: int, out_channels: int, stride: int) -> nn.Sequential | None:
    """What brings the input to the output's shape; None if it has it."""
    if stride == 1 and in_channels == out_channels:
        return None
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
    )
