"""
ru: Шаг слоя учтён до его собственного ядра.
en: A layer's stride is counted before its own kernel.
"""

FAILS = ["field_of_layers"]


def receptive_field(layers):
    size = jump = 1
    for kernel, stride, dilation in layers:
        jump *= stride
        size += dilation * (kernel - 1) * jump
    return size, jump
