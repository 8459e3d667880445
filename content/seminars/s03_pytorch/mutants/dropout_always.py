"""
ru: Dropout работает и при применении.
en: Dropout also works in evaluation.
"""

import torch

FAILS = ["dropout_eval"]


def inverted_dropout(input, p, training, generator=None):
    uniform = torch.rand(input.shape, generator=generator)
    return input * (uniform >= p) / (1 - p)
