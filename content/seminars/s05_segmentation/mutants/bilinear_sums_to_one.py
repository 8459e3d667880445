"""
ru: Ядро нормировано на единицу, хотя на каждый пиксель выхода приходится лишь часть его.
en: The kernel sums to one, though each output pixel gets only a part of it.
"""

import torch

FAILS = ["bilinear_kernel"]


def bilinear_kernel(stride):
    size = 2 * stride - stride % 2
    distance = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    tent = 1 - distance.abs() / stride
    kernel = torch.outer(tent, tent)
    return kernel / kernel.sum()
