"""
ru: p понята как вероятность оставить, а не обнулить.
en: p is taken for the probability to keep, not to drop.
"""

import torch

FAILS = ["dropout_scale", "dropout_gradient"]


def inverted_dropout(input, p, training, generator=None):
    if not training:
        return input
    return input * (torch.rand(input.shape, generator=generator) < p) / p
