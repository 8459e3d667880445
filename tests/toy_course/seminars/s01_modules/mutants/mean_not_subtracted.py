"""
ru: Среднее не вычтено.
en: The mean is not subtracted.
"""

FAILS = ["the_centred"]


def centred(values):
    return values
