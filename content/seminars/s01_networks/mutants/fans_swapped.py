"""
ru: Перепутаны входы и выходы: «forward» смотрит на fan_out.
en: Inputs and outputs are swapped: "forward" looks at fan_out.
"""

import numpy as np

FAILS = ["scaled_uniform"]


def scaled_uniform(fan_in, fan_out, gain, mode, rng):
    n = {"forward": fan_out, "backward": fan_in, "both": (fan_in + fan_out) / 2}[mode]
    bound = gain * np.sqrt(3 / n)
    return rng.uniform(-bound, bound, size=(fan_out, fan_in))
