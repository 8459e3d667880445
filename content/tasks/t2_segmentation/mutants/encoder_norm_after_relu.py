"""
ru: BatchNorm стоит после ReLU, а не до неё.
en: BatchNorm stands after ReLU, not before it.
"""

from torch import nn

FAILS = ["encoder_batch_norm"]


def convolutions(in_channels, out_channels, batch_norm):
    layers = []
    for channels in (in_channels, out_channels):
        layers.append(nn.Conv2d(channels, out_channels, kernel_size=3, padding=1))
        layers.append(nn.ReLU(inplace=True))
        if batch_norm:
            layers.append(nn.BatchNorm2d(out_channels))
    return nn.Sequential(*layers)
