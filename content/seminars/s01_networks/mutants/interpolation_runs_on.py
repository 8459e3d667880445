"""
ru: У последнего узла нет излома: за правым краем сеть продолжает последний отрезок.
en: The last knot has no turn: beyond the right end the network goes on along the last segment.
"""

import numpy as np

FAILS = ["interpolation_network"]


def interpolation_network(knots, values):
    slopes = np.diff(values) / np.diff(knots)
    turns = np.append(np.diff(slopes, prepend=0.0), 0.0)
    return np.ones(len(knots)), -knots, turns, float(values[0])
