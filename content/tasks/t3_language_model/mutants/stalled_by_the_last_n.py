"""
ru: Сравниваются последние n значений, а не то, что было до них.
en: The last n values are compared, rather than those before them.
"""

FAILS = ["stalled_losses"]


def is_stalled(losses, n=5):
    earlier = losses[max(len(losses) - 1 - n, 0) : -1]
    return len(losses) > n + 1 and losses[-1] > min(earlier, default=float("inf"))
