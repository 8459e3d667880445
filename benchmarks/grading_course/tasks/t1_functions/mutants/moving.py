"""
ru: На единицу меньше.
en: One too few.
"""

import numpy as np

FAILS = ["moving_average", "moving_average_of_one"]


def moving_average(values, width):
    return np.convolve(values, np.ones(width) / width, mode="valid")[:-1]
