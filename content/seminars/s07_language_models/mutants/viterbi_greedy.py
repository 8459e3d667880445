"""
ru: На каждом шаге взят лучший тег, без возврата назад.
en: The best tag is taken at each step, without going back.
"""

import numpy as np

FAILS = ["viterbi"]


def viterbi(initial, transition, emission):
    tags = [int((initial + emission[0]).argmax())]
    for row in emission[1:]:
        tags.append(int((transition[tags[-1]] + row).argmax()))
    return np.array(tags)
