"""
ru: В градиенте по центральному слову нет вклада шумовых слов.
en: The gradient by the centre has no part of the noise words.
"""

import numpy as np

FAILS = ["negative_sampling", "negative_sampling_of_extremes"]


def negative_sampling(centre, context, noise):
    positive, negative = context @ centre, noise @ centre
    loss = np.logaddexp(0, -positive) + np.logaddexp(0, negative).sum()
    a = 0.5 * np.tanh(positive / 2) - 0.5
    b = 0.5 * np.tanh(negative / 2) + 0.5
    return float(loss), a * context, a * centre, b[:, None] * centre
