"""
ru: Отступ padding добавлен ко входу, а не отрезан от выхода.
en: The padding is added to the input instead of being cut off the output.
"""

import torch
from torch.nn import functional

FAILS = ["transposed_convolution"]


def transposed_convolution(input, weight, stride=1, padding=0):
    batch, channels, height, width = input.shape
    shape = (batch, channels, (height - 1) * stride + 1, (width - 1) * stride + 1)
    sparse = input.new_zeros(shape)
    sparse[..., ::stride, ::stride] = input
    return functional.conv2d(sparse, weight.flip(2, 3).transpose(0, 1), padding=padding)
