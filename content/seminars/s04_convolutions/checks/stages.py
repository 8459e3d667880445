"""A small network in three stages, for the checks of frozen stages and of rates."""

import torch
from torch import nn


def stages_case(rng):
    """Three stages with BatchNorm, and pictures; weights are drawn from ``rng``."""
    stages = [
        nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU()),
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()),
        nn.Linear(16, 5),
    ]
    model = nn.Sequential(*stages).double()
    for parameter in model.parameters():
        parameter.data = torch.from_numpy(rng.normal(size=tuple(parameter.shape)))
    return model, torch.from_numpy(rng.normal(size=(8, 1, 6, 6)))
