"""Checks of the mean."""

from praktikum.checks import check, close

from .cases import values_of
from .oracles import exact_mean

FOUNDATION = ["the_mean"]
FOUNDATION += ["mean_of_one"]


def case(rng):
    return values_of(rng)


@check(part="mean")
def the_mean(sub, rng):
    """
    ru: Среднее верно.
    en: The mean is right.
    """
    return {"mean": sub.mean(case(rng))}


@the_mean.expects
def _(rng):
    return {"mean": close(exact_mean(case(rng)))}


@check(part="mean")
def mean_of_one(sub, rng):
    """
    ru: Среднее одного числа верно.
    en: The mean of one number is right.
    """
    return {"mean": sub.mean(case(rng)[:1])}


@mean_of_one.expects
def _(rng):
    return {"mean": close(case(rng)[0])}
