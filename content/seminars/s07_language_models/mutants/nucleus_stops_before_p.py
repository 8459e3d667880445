"""
ru: Слово, на котором сумма достигает p, не вошло; при малом p не остаётся ничего.
en: The word at which the sum gets to p is left out; with a small p nothing is left.
"""

import numpy as np

FAILS = ["nucleus"]


def nucleus(probabilities, p):
    order = np.argsort(-probabilities)
    inside = np.empty(len(probabilities), dtype=bool)
    inside[order] = np.cumsum(probabilities[order]) < p
    return inside
