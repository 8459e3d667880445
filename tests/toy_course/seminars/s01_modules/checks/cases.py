"""What several modules draw."""

import numpy as np

SIZE = 5


def values_of(rng):
    return rng.normal(size=SIZE)


def unused_case(rng):
    return np.empty(SIZE)
