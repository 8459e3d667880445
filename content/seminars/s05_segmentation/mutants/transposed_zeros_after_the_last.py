"""
ru: Нули вставлены и после последнего пикселя.
en: Zeros are inserted after the last pixel too.
"""

import torch
from torch.nn import functional

FAILS = ["transposed_convolution"]


def transposed_convolution(input, weight, stride=1, padding=0):
    batch, channels, height, width = input.shape
    sparse = input.new_zeros((batch, channels, height * stride, width * stride))
    sparse[..., ::stride, ::stride] = input
    kernel = weight.flip(2, 3).transpose(0, 1)
    return functional.conv2d(sparse, kernel, padding=weight.shape[-1] - 1 - padding)
