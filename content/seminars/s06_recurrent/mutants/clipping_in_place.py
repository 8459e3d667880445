"""
ru: Градиенты укорочены прямо у того, кто их дал.
en: The gradients are shortened under the hands of whoever gave them.
"""

import numpy as np

FAILS = ["clip_by_norm"]


def clip_by_norm(grads, max_norm):
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads)))
    if norm > max_norm:
        for grad in grads:
            grad *= max_norm / norm
    return grads, norm
