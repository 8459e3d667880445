"""
ru: Обновление портит веса, переданные аргументом.
en: The update spoils the weights that were given as the argument.
"""

import numpy as np

FAILS = ["multiclass_update"]


def multiclass_update(weights, x, label):
    answer = int(np.argmax(weights @ x))
    if answer != label:
        weights[label] += x
        weights[answer] -= x
    return weights.copy()
