"""
ru: Для каждого слова взят лучший тег «до этого места», без пути назад.
en: Each word gets the tag that is best up to its place, without the way back.
"""

import numpy as np

FAILS = ["viterbi"]


def viterbi(initial, transition, emission):
    best = initial + emission[0]
    tags = [int(best.argmax())]
    for row in emission[1:]:
        best = (best[:, None] + transition).max(axis=0) + row
        tags.append(int(best.argmax()))
    return np.array(tags)
