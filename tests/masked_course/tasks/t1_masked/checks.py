"""Checks of the task with masks."""

import numpy as np

from praktikum.checks import check, equal


def mask_of(rng):
    return rng.integers(2, size=(3, 4))


@check(part="area", points="2")
def the_area(sub, rng):
    """
    ru: Площадь верна.
    en: The area is right.
    """
    return {"area": sub.area(mask_of(rng))}


@the_area.expects
def _(rng):
    return {"area": equal(np.count_nonzero(mask_of(rng)))}
