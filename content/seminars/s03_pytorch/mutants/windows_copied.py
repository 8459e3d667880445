"""
ru: Окна верны, но это копия.
en: The windows are right, but they are a copy.
"""

import torch

FAILS = ["windows_share_memory"]


def sliding_windows(signal, width, step=1):
    starts = range(0, len(signal) - width + 1, step)
    return torch.stack([signal[start : start + width] for start in starts])
