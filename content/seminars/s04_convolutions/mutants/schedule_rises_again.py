"""
ru: За концом периода косинус снова растёт.
en: Beyond its period the cosine rises again.
"""

import math

FAILS = ["schedule_falls"]


def warmup_cosine(update, total, warmup, final=0.0):
    if update < warmup:
        return (update + 1) / (warmup + 1)
    progress = (update - warmup) / (total - warmup)
    return final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2
