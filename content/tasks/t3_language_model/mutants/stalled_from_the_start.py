"""
ru: Условие t > n забыто: усредняется с самого начала.
en: The condition t > n is forgotten: averaging goes from the start.
"""

FAILS = ["stalled_losses"]


def is_stalled(losses, n=5):
    return len(losses) < n + 2 or losses[-1] > min(losses[: len(losses) - 1 - n])
