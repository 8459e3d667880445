"""
ru: Матрица переходов прочитана по столбцам.
en: The matrix of transitions is read the other way round.
"""

import numpy as np

FAILS = ["viterbi"]


def viterbi(initial, transition, emission):
    best, came_from = initial + emission[0], []
    for row in emission[1:]:
        through = best[:, None] + transition.T
        came_from.append(through.argmax(axis=0))
        best = through.max(axis=0) + row
    tags = [int(best.argmax())]
    for before in reversed(came_from):
        tags.append(int(before[tags[-1]]))
    return np.array(tags[::-1])
