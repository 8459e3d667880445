"""
ru: Пары — половины вектора, как в LLaMA, а не соседи.
en: Pairs are halves of the vector, as in LLaMA, and not neighbours.
"""

import torch

FAILS = ["rotate"]


def rotate(x, start=0):
    steps = torch.arange(start, start + x.shape[2], dtype=torch.float64)
    exponents = torch.arange(0, x.shape[3], 2, dtype=torch.float64) / x.shape[3]
    angles = steps[:, None] * 10_000**-exponents
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x.chunk(2, dim=3)
    turned = (first * cos - second * sin, first * sin + second * cos)
    return torch.cat(turned, dim=3)
