"""
ru: У синуса и косинуса одной пары разные углы.
en: The sine and the cosine of a pair have different angles.
"""

import torch

FAILS = ["sinusoidal_positions"]


def sinusoidal_positions(time, d_model):
    places = torch.arange(d_model, dtype=torch.float64)
    angles = torch.arange(time, dtype=torch.float64)[:, None] * 10_000 ** (-places / d_model)
    return torch.where(places % 2 == 0, angles.sin(), angles.cos())
