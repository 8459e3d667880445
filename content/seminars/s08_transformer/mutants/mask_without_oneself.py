"""
ru: Шаг не видит самого себя.
en: A step doesn't see itself.
"""

import torch

FAILS = ["decoder_mask"]


def decoder_mask(lengths, q_len, k_len):
    steps = torch.arange(k_len)
    not_later = steps < steps[k_len - q_len :, None]
    real = steps < lengths[:, None]
    return not_later & real[:, None, None]
