"""Checks of post-processing.

The oracle: scikit-image's labels and holes, and morphology as minima and maxima of shifted masks.
"""

import numpy as np
from skimage.measure import label, regionprops
from skimage.morphology import disk

from praktikum.checks import check, equal


def ragged_masks(rng):
    """Return masks full of pieces and holes of many sizes."""
    sparse, dense = rng.random((20, 23)) < 0.3, rng.random((20, 23)) < 0.7
    blocks = (rng.random((5, 6)) < 0.5).repeat(4, axis=0).repeat(4, axis=1)
    return {"sparse": sparse, "dense": dense, "blocks": blocks, "apart": separate_pieces(rng)}


def separate_pieces(rng):
    """Return a mask of four rectangles, of 30, 20, 6 and 1 pixels, in places drawn at random."""
    mask = np.zeros((20, 23), bool)
    places = rng.permutation([(1, 1), (1, 12), (11, 1), (11, 12)])
    for (top, left), (height, width) in zip(places, ((5, 6), (4, 5), (3, 2), (1, 1)), strict=True):
        mask[top : top + height, left : left + width] = True
    return mask


@check(part="bonus_postprocessing", points="0.25")
def components_kept(sub, rng):
    """
    ru: Остались связные области, площадь которых не меньше заданной доли наибольшей.
    en: The connected pieces are left whose area is at least the given share of the largest's.
    hint ru: Соседей у пикселя восемь. Фон — не область. Пустая маска тоже бывает.
    hint en: A pixel has eight neighbours. The background is no piece. A mask may be empty.
    """
    observed = {"empty": sub.large_components(np.zeros((4, 5), bool))}
    for name, mask in ragged_masks(rng).items():
        observed[f"{name}, the largest"] = sub.large_components(mask)
        observed[f"{name}, a third"] = sub.large_components(mask, share=1 / 3)
    return observed


@components_kept.expects
def _(rng):
    def kept(mask, share):
        labels = label(mask, connectivity=2)
        regions = regionprops(labels)
        least = share * max(region.area for region in regions)
        return np.isin(labels, [region.label for region in regions if region.area >= least])

    expected = {"empty": equal(np.zeros((4, 5), bool))}
    for name, mask in ragged_masks(rng).items():
        expected[f"{name}, the largest"] = equal(kept(mask, 1.0))
        expected[f"{name}, a third"] = equal(kept(mask, 1 / 3))
    return expected


@check(part="bonus_postprocessing", points="0.2")
def holes_filled(sub, rng):
    """
    ru: Закрыты дыры — фон, отрезанный от края картинки, — но не больше заданной площади.
    en: Holes are filled, the background that is cut off from the border, up to the given area.
    hint ru: Площадь меряется у каждой дыры отдельно; у пикселя дыры четыре соседа.
    hint en: Each hole has an area of its own; a pixel of a hole has four neighbours.
    """
    observed = {}
    for name, mask in ragged_masks(rng).items():
        observed[f"{name}, all"] = sub.filled_holes(mask)
        observed[f"{name}, up to 2"] = sub.filled_holes(mask, max_area=2)
    return observed


@holes_filled.expects
def _(rng):
    def filled(mask, max_area):
        # Outside is what hangs together with a frame of background around the picture.
        labels = label(~np.pad(mask, 1), connectivity=1)
        regions = [region for region in regionprops(labels) if region.label != labels[0, 0]]
        holes = [region.label for region in regions if region.area <= max_area]
        return mask | np.isin(labels, holes)[1:-1, 1:-1]

    expected = {}
    for name, mask in ragged_masks(rng).items():
        expected[f"{name}, all"] = equal(filled(mask, np.inf))
        expected[f"{name}, up to 2"] = equal(filled(mask, 2))
    return expected


@check(part="bonus_postprocessing", points="0.15")
def borders_smoothed(sub, rng):
    """
    ru: Маска разомкнута и затем замкнута диском заданного радиуса, за краем — то же, что на краю.
    en: The mask is opened, then closed by a disk of the radius; beyond the border it goes on.
    hint ru: Размыкание убирает тонкое, замыкание — узкие щели. Край картинки — не край объекта.
    hint en: Opening removes what is thin, closing narrow gaps. An object goes on beyond the border.
    """
    return {
        f"{name}, radius {radius}": sub.smoothed_borders(mask, radius)
        for name, mask in ragged_masks(rng).items()
        for radius in (1, 2)
    }


@borders_smoothed.expects
def _(rng):
    def extreme(mask, radius, choose, beyond):
        """Return the least or the greatest of what a disk around each pixel covers."""
        height, width = mask.shape
        wide = np.pad(mask, radius, constant_values=beyond)
        offsets = np.argwhere(disk(radius))
        return choose([wide[y : y + height, x : x + width] for y, x in offsets], axis=0)

    def smoothed(mask, radius):
        wide = np.pad(mask, 2 * radius, mode="edge")
        for choose in (np.min, np.max, np.max, np.min):  # eroded, dilated: opened; then closed
            wide = extreme(wide, radius, choose, beyond=False)
        return wide[2 * radius : -2 * radius, 2 * radius : -2 * radius]

    return {
        f"{name}, radius {radius}": equal(smoothed(mask, radius))
        for name, mask in ragged_masks(rng).items()
        for radius in (1, 2)
    }
