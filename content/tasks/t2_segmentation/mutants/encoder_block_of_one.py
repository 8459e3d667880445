"""
ru: В блоке одна свёртка.
en: A block has one convolution.
"""

from torch import nn

FAILS = ["encoder_parameters"]


def _block(in_channels, out_channels):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),
        nn.ReLU(inplace=True),
    )
