"""
ru: Забыта набивка: маска у всех одна.
en: Padding is forgotten: all have one mask.
"""

import torch

FAILS = ["decoder_mask"]


def decoder_mask(lengths, q_len, k_len):
    causal = torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len)
    return causal.expand(len(lengths), 1, q_len, k_len)
