"""
ru: Сначала все синусы, потом все косинусы.
en: All sines first, then all cosines.
"""

import torch

FAILS = ["sinusoidal_positions"]


def sinusoidal_positions(time, d_model):
    exponents = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model
    angles = torch.arange(time, dtype=torch.float64)[:, None] * 10_000**-exponents
    return torch.cat((angles.sin(), angles.cos()), dim=1)
