"""
ru: Выжившие не делятся на 1 − p: среднее выхода падает.
en: What survives is not divided by 1 − p: the mean of the output drops.
"""

import torch

FAILS = ["dropout_scale", "dropout_gradient"]


def inverted_dropout(input, p, training, generator=None):
    if not training:
        return input
    return input * (torch.rand(input.shape, generator=generator) >= p)
