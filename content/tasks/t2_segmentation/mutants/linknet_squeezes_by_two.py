"""
ru: Вверх идёт половина каналов, а не четверть.
en: A half of the channels goes up, not a quarter.
"""

from torch import nn

FAILS = ["linknet_parameters"]


class LinkNetDecoderBlock:
    def __init__(self, in_channels, skip_channels, upsampling, batch_norm):
        super().__init__()
        squeezed = max(1, in_channels // 2)
        self.squeeze = nn.Sequential(
            nn.Conv2d(in_channels, squeezed, 1), *_activation(squeezed, batch_norm)
        )
        self.upsampling = make_upsampling(upsampling, squeezed, squeezed)
        self.widen = nn.Sequential(
            *_activation(squeezed, batch_norm),
            nn.Conv2d(squeezed, skip_channels, 1),
            *_activation(skip_channels, batch_norm),
        )
