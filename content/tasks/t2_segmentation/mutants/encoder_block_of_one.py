"""
ru: В блоке одна свёртка.
en: A block has one convolution.
"""

from torch import nn

FAILS = ["encoder_parameters", "unet_decoder_block"]


def convolutions(in_channels, out_channels, batch_norm):
    layers = [nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)]
    if batch_norm:
        layers.append(nn.BatchNorm2d(out_channels))
    return nn.Sequential(*layers, nn.ReLU(inplace=True))
