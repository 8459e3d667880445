"""
ru: Ядро не повёрнуто: свёртка в torch — это взаимная корреляция.
en: The kernel isn't turned: torch's convolution is a cross-correlation.
"""

import torch
from torch.nn import functional

FAILS = ["transposed_convolution"]


def transposed_convolution(input, weight, stride=1, padding=0):
    batch, channels, height, width = input.shape
    shape = (batch, channels, (height - 1) * stride + 1, (width - 1) * stride + 1)
    sparse = input.new_zeros(shape)
    sparse[..., ::stride, ::stride] = input
    return functional.conv2d(sparse, weight.transpose(0, 1), padding=weight.shape[-1] - 1 - padding)
