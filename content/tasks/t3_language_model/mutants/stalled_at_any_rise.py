"""
ru: Обучение «застряло», как только потери поднялись над лучшими.
en: Training “has stalled” as soon as the loss is above the best.
"""

FAILS = ["stalled_losses"]


def is_stalled(losses, n=5):
    return len(losses) > n + 1 and losses[-1] > min(losses)
