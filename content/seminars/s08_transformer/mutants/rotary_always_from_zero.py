"""
ru: Начальный шаг забыт: после кеша углы начинаются с нуля.
en: The first step is forgotten: after a cache the angles begin at zero.
"""

import torch

FAILS = ["rotate"]


def rotate(x, start=0):
    steps = torch.arange(x.shape[2], dtype=torch.float64)
    exponents = torch.arange(0, x.shape[3], 2, dtype=torch.float64) / x.shape[3]
    angles = steps[:, None] * 10_000**-exponents
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x[..., ::2], x[..., 1::2]
    turned = (first * cos - second * sin, first * sin + second * cos)
    return torch.stack(turned, dim=-1).flatten(3)
