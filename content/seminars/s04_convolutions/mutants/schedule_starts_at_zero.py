"""
ru: Первое обновление сделано с нулевым темпом.
en: The first update is made at a rate of zero.
"""

import math

FAILS = ["schedule_warms_up"]


def warmup_cosine(update, total, warmup, final=0.0):
    if update < warmup:
        return update / warmup
    progress = min(1.0, (update - warmup) / (total - warmup))
    return final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2
