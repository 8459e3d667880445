"""
ru: Корень забыт.
en: The root is forgotten.
"""

FAILS = ["pairwise_distances", "pairwise_distances_to_one"]


def pairwise_distances(X, Y):
    return ((X[:, None] - Y[None]) ** 2).sum(axis=2)
