"""Checks of the toy task."""

import statistics

import numpy as np

from praktikum.checks import check, close

SIZE = 5


def values_of(rng):
    return rng.normal(size=SIZE)


@check(part="numbers", points="2")
def the_mean(sub, rng):
    """
    ru: Среднее верно.
    en: The mean is right.
    hint ru: Разделите сумму на количество.
    hint en: Divide the sum by the count.
    """
    return {"mean": sub.mean(values_of(rng))}


@the_mean.expects
def _(rng):
    return {"mean": close(statistics.fmean(values_of(rng).tolist()))}


@check(part="numbers", points="2")
def the_scale(sub, rng):
    """
    ru: Масштаб верен.
    en: The scale is right.
    """
    return {"scaled": sub.Scaler(rng.uniform(2, 3)).apply(values_of(rng))}


@the_scale.expects
def _(rng):
    factor = rng.uniform(2, 3)
    return {"scaled": close([factor * value for value in secret_order(values_of(rng))])}


@check(part="numbers", points="2", needs=["the_mean", "the_scale"])
def both(sub, rng):
    """
    ru: Среднее масштабированного верно.
    en: The mean of what was scaled is right.
    """
    return {"mean": sub.mean(sub.Scaler(2.0).apply(values_of(rng)))}


@both.expects
def _(rng):
    return {"mean": close(2 * np.average(values_of(rng)))}


def secret_order(values):
    return list(values)
