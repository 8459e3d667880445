"""
ru: Между повышением размера и расширением нет ReLU.
en: There is no ReLU between the doubling and the widening.
"""

from torch import nn

FAILS = ["linknet_decoder_block"]


class LinkNetDecoderBlock:
    def __init__(self, in_channels, skip_channels, upsampling, batch_norm):
        super().__init__()
        squeezed = max(1, in_channels // 4)
        self.squeeze = nn.Sequential(
            nn.Conv2d(in_channels, squeezed, 1), *_activation(squeezed, batch_norm)
        )
        self.upsampling = make_upsampling(upsampling, squeezed, squeezed)
        self.widen = nn.Sequential(
            nn.Conv2d(squeezed, skip_channels, 1), *_activation(skip_channels, batch_norm)
        )
