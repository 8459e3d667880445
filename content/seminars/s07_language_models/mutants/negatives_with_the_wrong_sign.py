"""
ru: Градиент по шумовым словам с обратным знаком: шум притягивается.
en: The gradient by noise words has the wrong sign: noise is attracted.
"""

import numpy as np

FAILS = ["negative_sampling", "negative_sampling_of_extremes"]


def negative_sampling(centre, context, noise):
    positive, negative = context @ centre, noise @ centre
    loss = np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum()
    a = 0.5 * np.tanh(positive / 2) - 0.5
    b = -(0.5 * np.tanh(negative / 2) + 0.5)
    return float(loss), a * context + b @ noise, a * centre, b[:, None] * centre
