"""
ru: Логарифм берётся от сигмоиды: при больших произведениях это log 0.
en: The logarithm is taken of the sigmoid: at large scores that is log 0.
"""

import numpy as np

FAILS = ["negative_sampling_of_extremes"]


def negative_sampling(centre, context, noise):
    p = 1 / (1 + np.exp(-(context @ centre)))
    q = 1 / (1 + np.exp(-(noise @ centre)))
    loss = -np.log(p) - np.log(1 - q).sum()
    return float(loss), (p - 1) * context + q @ noise, (p - 1) * centre, q[:, None] * centre
