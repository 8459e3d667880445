"""
ru: Вверх идёт половина каналов, а не четверть.
en: A half of the channels goes up, not a quarter.
"""

from torch import nn

FAILS = ["linknet_parameters"]


class LinkNetDecoderBlock:
    def __init__(self, in_channels, skip_channels, upsampling):
        super().__init__()
        squeezed = max(1, in_channels // 2)
        self.squeeze = nn.Sequential(nn.Conv2d(in_channels, squeezed, 1), nn.ReLU(inplace=True))
        self.upsampling = make_upsampling(upsampling, squeezed, squeezed)
        self.widen = nn.Sequential(
            nn.ReLU(inplace=True), nn.Conv2d(squeezed, skip_channels, 1), nn.ReLU(inplace=True)
        )
