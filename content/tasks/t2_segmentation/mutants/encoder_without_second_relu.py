"""
ru: После второй свёртки блока нет ReLU.
en: There is no ReLU after the block's second convolution.
"""

from torch import nn

FAILS = ["encoder_levels", "encoder_batch_norm", "unet_decoder_block"]


def convolutions(in_channels, out_channels, batch_norm):
    layers = []
    for channels in (in_channels, out_channels):
        layers.append(nn.Conv2d(channels, out_channels, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(out_channels))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers[:-1])
