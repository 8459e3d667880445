"""
ru: Свёртки без сдвигов.
en: The convolutions have no biases.
"""

from torch import nn

FAILS = ["encoder_parameters"]


def _block(in_channels, out_channels):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.ReLU(inplace=True),
        nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.ReLU(inplace=True),
    )
