"""
ru: Запросы отсчитаны от первого ключа, а не от последнего.
en: Queries are counted from the first key and not from the last.
"""

import torch

FAILS = ["decoder_mask"]


def decoder_mask(lengths, q_len, k_len):
    steps = torch.arange(k_len)
    not_later = steps <= torch.arange(q_len)[:, None]
    real = steps < lengths[:, None]
    return not_later & real[:, None, None]
