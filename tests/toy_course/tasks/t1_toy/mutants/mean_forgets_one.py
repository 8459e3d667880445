"""
ru: Сумма делится на количество без единицы.
en: The sum is divided by the count less one.
"""

FAILS = ["the_mean"]


def mean(values):
    return values.sum() / (values.size - 1)
