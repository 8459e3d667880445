"""
ru: Короткий градиент растянут до порога, а нулевой поделён на ноль.
en: A short gradient is stretched to the limit, and zeros are divided by zero.
"""

import numpy as np

FAILS = ["clip_by_norm"]


def clip_by_norm(grads, max_norm):
    norm = float(np.sqrt(sum((grad**2).sum() for grad in grads)))
    return [grad * (max_norm / max(norm, 1e-12)) for grad in grads], norm
