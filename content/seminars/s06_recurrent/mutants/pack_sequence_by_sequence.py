"""
ru: Данные лежат последовательность за последовательностью.
en: The data lie sequence by sequence.
"""

import torch

FAILS = ["pack"]


def pack(padded, lengths):
    alive = torch.arange(int(lengths.max()))[:, None] < lengths
    data = torch.cat([padded[:length, b] for b, length in enumerate(lengths.tolist())])
    return data, alive.sum(dim=1)
