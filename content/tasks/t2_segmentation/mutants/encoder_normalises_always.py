"""
ru: BatchNorm стоит, даже когда её не просили.
en: There is BatchNorm even where it was not asked for.
"""

from torch import nn

FAILS = ["encoder_parameters", "unet_decoder_block"]


def convolutions(in_channels, out_channels, batch_norm):
    layers = []
    for channels in (in_channels, out_channels):
        layers.append(nn.Conv2d(channels, out_channels, kernel_size=3, padding=1))
        layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)
