"""
ru: Граница a принята за отклонение: дисперсия получается втрое меньше.
en: The bound a is taken for the deviation: the variance comes out a third of what it should be.
"""

import numpy as np

FAILS = ["scaled_uniform"]


def scaled_uniform(fan_in, fan_out, gain, mode, rng):
    n = {"forward": fan_in, "backward": fan_out, "both": (fan_in + fan_out) / 2}[mode]
    bound = gain / np.sqrt(n)
    return rng.uniform(-bound, bound, size=(fan_out, fan_in))
