"""
ru: Косинус отсчитан от начала обучения: после разогрева скачок.
en: The cosine counts from the start of training: a jump after the warm-up.
"""

import math

FAILS = ["schedule_falls"]


def warmup_cosine(update, total, warmup, final=0.0):
    if update < warmup:
        return (update + 1) / (warmup + 1)
    progress = min(1.0, update / total)
    return final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2
