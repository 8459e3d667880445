"""
ru: Каждый слой прибавляет своё, будто шагов до него не было.
en: Each layer adds its own, as if there had been no strides before it.
"""

FAILS = ["field_of_layers"]


def receptive_field(layers):
    size = jump = 1
    for kernel, stride, dilation in layers:
        size += dilation * (kernel - 1)
        jump *= stride
    return size, jump
