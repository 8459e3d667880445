"""
ru: Обрезано каждое число, а не общая длина.
en: Each number is cut, not the common length.
"""

import numpy as np

FAILS = ["clip_by_norm"]


def clip_by_norm(grads, max_norm):
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads)))
    return [np.clip(grad, -max_norm, max_norm) for grad in grads], norm
