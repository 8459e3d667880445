"""
ru: Индекс взят по модулю длины: набивка заменена копией.
en: The index is taken modulo the length: padding is replaced by a copy.
"""

import torch

FAILS = ["reverse_sequences"]


def reverse_sequences(padded, lengths):
    source = (lengths - 1 - torch.arange(len(padded))[:, None]) % lengths
    return padded.gather(0, source[:, :, None].expand_as(padded))
