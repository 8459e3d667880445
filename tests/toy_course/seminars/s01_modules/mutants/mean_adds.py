"""
ru: К среднему прибавлена единица.
en: One is added to the mean.
"""

FAILS = ["the_mean", "mean_of_one"]


def mean(values):
    return values.sum() / values.size + 1
