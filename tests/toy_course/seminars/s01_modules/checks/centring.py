"""Checks of centring."""

from praktikum.checks import check, close

from .cases import values_of as drawn
from .mean import FOUNDATION
from .oracles import exact_mean


def case(rng):  # its name is that of another module's
    return 3 * drawn(rng)


@check(part="centring", needs=FOUNDATION)
def the_centred(sub, rng):
    """
    ru: Центрированные значения верны.
    en: The centred values are right.
    """
    return {"centred": sub.centred(case(rng))}


@the_centred.expects
def _(rng):
    values = case(rng)
    return {"centred": close(values - exact_mean(values))}
