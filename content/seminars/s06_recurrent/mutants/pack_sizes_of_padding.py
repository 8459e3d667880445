"""
ru: Размеры батчей посчитаны и для шагов, которых нет ни у кого.
en: Batch sizes are counted for steps that nobody has, too.
"""

import torch

FAILS = ["pack"]


def pack(padded, lengths):
    alive = torch.arange(len(padded))[:, None] < lengths
    return padded[alive], alive.sum(dim=1)
