"""
ru: Центр ядра всегда на пикселе: для чётного шага ядро на пиксель меньше нужного.
en: The centre is always on a pixel: for an even stride the kernel is a pixel short.
"""

import torch

FAILS = ["bilinear_kernel"]


def bilinear_kernel(stride):
    distance = torch.arange(2 * stride - 1, dtype=torch.float64) - (stride - 1)
    tent = 1 - distance.abs() / stride
    return torch.outer(tent, tent)
