"""
ru: Назван только наименьший размер: округление вниз забыто.
en: Only the smallest size is named: that the formula rounds down is forgotten.
"""

FAILS = ["sizes_of_input", "sizes_at_least_one"]


def input_sizes(output, kernel, stride=1, padding=0, dilation=1):
    smallest = (output - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding
    return range(max(1, smallest), max(1, smallest) + 1)
