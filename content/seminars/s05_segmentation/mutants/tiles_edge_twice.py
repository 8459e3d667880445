"""
ru: Плитка у края добавлена всегда, даже если такая уже была.
en: A tile at the edge is always added, even where there already is one.
"""

import numpy as np

FAILS = ["predict_by_tiles"]


def predict_by_tiles(predict, image, tile, overlap):
    sides = [(side - tile, tile - overlap) for side in image.shape]
    starts = [[*range(0, last + 1, step), last] for last, step in sides]
    total, covered = np.zeros(image.shape), np.zeros(image.shape)
    for top in starts[0]:
        for left in starts[1]:
            place = (slice(top, top + tile), slice(left, left + tile))
            total[place] += predict(image[place])
            covered[place] += 1
    return total / covered
