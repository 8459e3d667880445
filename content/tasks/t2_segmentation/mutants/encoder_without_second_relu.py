"""
ru: После второй свёртки блока нет ReLU.
en: There is no ReLU after the block's second convolution.
"""

from torch import nn

FAILS = ["encoder_levels"]


def _block(in_channels, out_channels):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),
    )
