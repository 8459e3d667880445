"""The convolutional half of VGG-13, cut after any of its blocks, as an encoder.

Simonyan, Zisserman, 2015, "Very deep convolutional networks", table 1, column B. Pooling stands
apart from the blocks, so that a decoder can take what each block saw before its output was
halved. The classifier on top is left out.
"""

from itertools import pairwise
from pathlib import Path

from jaxtyping import Float
from torch import Tensor, nn

from .errors import SettingError
from .weights import copy_weights, load_safetensors

__all__ = ["VGG13Encoder", "convolutions", "load_vgg13_weights"]

MULTIPLES = (1, 2, 4, 8, 8)  # of the first block's channels: 64, 128, 256, 512, 512


class VGG13Encoder(nn.Module):
    """Blocks of two 3×3 convolutions with ReLU; 2×2 max pooling between them.

    num_blocks: 1 to 5
    width:      channels of the first block; 64 is VGG-13, fewer make a narrow copy of it
    batch_norm: normalise after each convolution (Ioffe, Szegedy, 2015), as torchvision's
                `vgg13_bn` does: trains in far fewer steps, has a few more parameters
    """

    def __init__(self, num_blocks: int = 3, *, width: int = 64, batch_norm: bool = False) -> None:
        super().__init__()
        if not 1 <= num_blocks <= len(MULTIPLES):
            raise SettingError(f"num_blocks must be 1 to {len(MULTIPLES)}, got {num_blocks}")
        if width < 1:
            raise SettingError(f"width must be at least 1 channel, got {width}")
        self.channels = tuple(width * multiple for multiple in MULTIPLES[:num_blocks])
        self.blocks = nn.ModuleList(
            convolutions(in_channels, out_channels, batch_norm)
            for in_channels, out_channels in pairwise((3, *self.channels))
        )
        # Rounding up lets images of any height and width through, down to one pixel.
        self.pooling = nn.MaxPool2d(kernel_size=2, ceil_mode=True)

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> list[Float[Tensor, "batch channels level_height level_width"]]:
        """Return the output of each block, the finest first; each is half of the one before."""
        levels = [self.blocks[0](images)]
        for block in self.blocks[1:]:
            levels.append(block(self.pooling(levels[-1])))
        return levels


def convolutions(in_channels: int, out_channels: int, batch_norm: bool) -> nn.Sequential:
    """Return two 3×3 convolutions, each with its ReLU; what a level of VGG and of U-Net does.

    Height and width stay; with `batch_norm` it stands between a convolution and its ReLU.
    """
    layers: list[nn.Module] = []
    for channels in (in_channels, out_channels):
        layers.append(nn.Conv2d(channels, out_channels, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def load_vgg13_weights(encoder: VGG13Encoder, file: Path) -> None:
    """Copy the published ImageNet weights of VGG-13 into the encoder, with batch norm or without.

    `file` is in the safetensors format with torchvision's names, as in the hub's repository
    `timm/vgg13.tv_in1k` and `timm/vgg13_bn.tv_in1k`. What belongs to further blocks and to the
    classifier is passed over.

    Raises WeightsError if a tensor is missing or of another shape.
    """
    published = load_safetensors(file)
    first = encoder.blocks[0]
    assert isinstance(first, nn.Sequential)
    layers_per_block = len(first) + 1  # the published list counts the pooling after each block
    state = {}
    for name in encoder.state_dict():
        _, block, layer, parameter = name.split(".")
        theirs = f"features.{layers_per_block * int(block) + int(layer)}.{parameter}"
        if theirs in published:
            state[name] = published[theirs]
    copy_weights(encoder, state, f"VGG-13 (of width 64, from {file})")
