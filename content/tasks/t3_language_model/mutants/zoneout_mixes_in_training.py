"""
ru: При обучении берётся ожидание, случая нет.
en: The expectation is taken in training, there is no chance.
"""

FAILS = ["zoneout_choices"]


def zone_out(old, new, p, training, generator=None):
    if p == 0:
        return new
    return p * old + (1 - p) * new
