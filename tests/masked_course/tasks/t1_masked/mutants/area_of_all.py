"""
ru: Посчитаны все пиксели.
en: All pixels are counted.
"""

FAILS = ["the_area"]


def area(mask):
    return int(mask.size)
