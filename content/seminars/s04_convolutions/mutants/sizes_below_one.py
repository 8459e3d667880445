"""
ru: Названы нулевой и отрицательные размеры.
en: Sizes of zero and below are named.
"""

FAILS = ["sizes_at_least_one"]


def input_sizes(output, kernel, stride=1, padding=0, dilation=1):
    smallest = (output - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding
    return range(smallest, smallest + stride)
