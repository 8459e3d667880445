"""Two checks for each of the five functions."""

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

from praktikum.checks import check, close


@check(part="functions", points="1")
def standardise(sub, rng):
    """
    ru: Значения верны: standardise.
    en: The values are right: standardise.
    """
    X = rng.normal(3, 2, size=(50, 4))
    return {"values": sub.standardise(X)}


@standardise.expects
def _(rng):
    X = rng.normal(3, 2, size=(50, 4))
    return {"values": close(stats.zscore(X))}


@check(part="functions", points="1")
def standardise_one_column(sub, rng):
    """
    ru: Значения верны: standardise_one_column.
    en: The values are right: standardise_one_column.
    """
    X = rng.uniform(size=(9, 1))
    return {"values": sub.standardise(X)}


@standardise_one_column.expects
def _(rng):
    X = rng.uniform(size=(9, 1))
    return {"values": close(stats.zscore(X))}


@check(part="functions", points="1")
def pairwise_distances(sub, rng):
    """
    ru: Значения верны: pairwise_distances.
    en: The values are right: pairwise_distances.
    """
    X, Y = rng.normal(size=(2, 20, 3))
    return {"values": sub.pairwise_distances(X, Y)}


@pairwise_distances.expects
def _(rng):
    X, Y = rng.normal(size=(2, 20, 3))
    return {"values": close(distance.cdist(X, Y))}


@check(part="functions", points="1")
def pairwise_distances_to_one(sub, rng):
    """
    ru: Значения верны: pairwise_distances_to_one.
    en: The values are right: pairwise_distances_to_one.
    """
    X, Y = rng.normal(size=(8, 3)), rng.normal(size=(1, 3))
    return {"values": sub.pairwise_distances(X, Y)}


@pairwise_distances_to_one.expects
def _(rng):
    X, Y = rng.normal(size=(8, 3)), rng.normal(size=(1, 3))
    return {"values": close(distance.cdist(X, Y))}


@check(part="functions", points="1")
def softmax(sub, rng):
    """
    ru: Значения верны: softmax.
    en: The values are right: softmax.
    """
    logits = rng.normal(size=(6, 5))
    return {"values": sub.softmax(logits)}


@softmax.expects
def _(rng):
    logits = rng.normal(size=(6, 5))
    return {"values": close(special.softmax(logits, axis=-1))}


@check(part="functions", points="1")
def softmax_large(sub, rng):
    """
    ru: Значения верны: softmax_large.
    en: The values are right: softmax_large.
    """
    logits = 1e4 * rng.normal(size=(6, 5))
    return {"values": sub.softmax(logits)}


@softmax_large.expects
def _(rng):
    logits = 1e4 * rng.normal(size=(6, 5))
    return {"values": close(special.softmax(logits, axis=-1))}


@check(part="functions", points="1")
def moving_average(sub, rng):
    """
    ru: Значения верны: moving_average.
    en: The values are right: moving_average.
    """
    values = rng.normal(size=30)
    return {"values": sub.moving_average(values, 4)}


@moving_average.expects
def _(rng):
    values = rng.normal(size=30)
    return {"values": close(np.convolve(values, np.ones(4) / 4, mode="valid"))}


@check(part="functions", points="1")
def moving_average_of_one(sub, rng):
    """
    ru: Значения верны: moving_average_of_one.
    en: The values are right: moving_average_of_one.
    """
    values = rng.normal(size=30)
    return {"values": sub.moving_average(values, 1)}


@moving_average_of_one.expects
def _(rng):
    values = rng.normal(size=30)
    return {"values": close(values)}


@check(part="functions", points="1")
def one_hot(sub, rng):
    """
    ru: Значения верны: one_hot.
    en: The values are right: one_hot.
    """
    labels = rng.integers(0, 7, size=12)
    return {"values": sub.one_hot(labels, 7)}


@one_hot.expects
def _(rng):
    labels = rng.integers(0, 7, size=12)
    return {"values": close(labels[:, None] == np.arange(7))}


@check(part="functions", points="1")
def one_hot_of_two(sub, rng):
    """
    ru: Значения верны: one_hot_of_two.
    en: The values are right: one_hot_of_two.
    """
    labels = rng.integers(0, 2, size=5)
    return {"values": sub.one_hot(labels, 2)}


@one_hot_of_two.expects
def _(rng):
    labels = rng.integers(0, 2, size=5)
    return {"values": close(labels[:, None] == np.arange(2))}
