"""
ru: Дисперсия не делится на корень.
en: Divides by the variance.
"""

FAILS = ["standardise", "standardise_one_column"]


def standardise(X):
    return (X - X.mean(axis=0)) / X.var(axis=0)
