"""
ru: Темп падает до нуля, а не до final.
en: The rate falls to zero, not to final.
"""

import math

FAILS = ["schedule_falls"]


def warmup_cosine(update, total, warmup, final=0.0):
    if update < warmup:
        return (update + 1) / (warmup + 1)
    progress = min(1.0, (update - warmup) / (total - warmup))
    return (1 + math.cos(math.pi * progress)) / 2
