"""
ru: Оставлены слова не менее вероятные, чем 1 − p: это другое правило.
en: Words with a probability of at least 1 − p are kept: that is another rule.
"""

import numpy as np

FAILS = ["nucleus"]


def nucleus(probabilities, p):
    return probabilities >= min(1 - p, probabilities.max())
