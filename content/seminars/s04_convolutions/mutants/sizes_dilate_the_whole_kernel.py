"""
ru: Разреженное ядро сочтено длины dilation · kernel.
en: A dilated kernel is taken to be dilation · kernel long.
"""

FAILS = ["sizes_of_input"]


def input_sizes(output, kernel, stride=1, padding=0, dilation=1):
    smallest = (output - 1) * stride + dilation * kernel - 2 * padding
    return range(max(1, smallest), smallest + stride)
