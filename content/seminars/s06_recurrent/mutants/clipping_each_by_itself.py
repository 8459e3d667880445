"""
ru: Каждый массив укорочен отдельно: направление шага повернулось.
en: Each array is shortened by itself: the step has turned.
"""

import numpy as np

FAILS = ["clip_by_norm"]


def clip_by_norm(grads, max_norm):
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads)))
    norms = [np.sqrt((grad**2).sum()) for grad in grads]
    return [g * (max_norm / n) if n > max_norm else g * 1.0 for g, n in zip(grads, norms)], norm
