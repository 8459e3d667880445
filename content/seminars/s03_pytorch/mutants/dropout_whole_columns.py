"""
ru: Одна маска на все строки: обнуляются целые столбцы.
en: One mask for all rows: whole columns are zeroed.
"""

import torch

FAILS = ["dropout_scale"]


def inverted_dropout(input, p, training, generator=None):
    if not training:
        return input
    return input * (torch.rand(input.shape[1:], generator=generator) >= p) / (1 - p)
