"""
ru: Второе число пары посчитано по уже повёрнутому первому.
en: The second number of a pair is computed from the first one, turned already.
"""

import torch

FAILS = ["rotate"]


def rotate(x, start=0):
    steps = torch.arange(start, start + x.shape[2], dtype=torch.float64)
    exponents = torch.arange(0, x.shape[3], 2, dtype=torch.float64) / x.shape[3]
    angles = steps[:, None] * 10_000**-exponents
    turned = x.clone()
    turned[..., ::2] = turned[..., ::2] * angles.cos() - turned[..., 1::2] * angles.sin()
    turned[..., 1::2] = turned[..., ::2] * angles.sin() + turned[..., 1::2] * angles.cos()
    return turned
