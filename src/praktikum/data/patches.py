"""Patches of photographs: from which of fifteen photographs is this piece? Nothing is downloaded.

The photographs are those that scikit-image carries: bricks, grass, coins, a cat, a page of text …
A patch is grey, turned by a random quarter, with the mean and the contrast of all the others, so
that only texture and shape tell. Patches to train on come from the left half of a photograph,
those to test on from the right half, so no pixel is in both; patches of one half may overlap.

It is a small task that is hard with few labels and easy for who has seen many photographs before,
which is what transfer is about.
"""

from __future__ import annotations

import numpy as np
import skimage.data
from jaxtyping import Float, UInt8

from .labelled_images import ImageSplits, LabelledImages

__all__ = ["PHOTOGRAPHS", "patches"]

PHOTOGRAPHS = (
    "astronaut",
    "brick",
    "camera",
    "chelsea",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "moon",
    "page",
    "retina",
    "rocket",
    "text",
)
SIDE = 64  # pixels
MEAN, CONTRAST = 127.0, 40.0  # of every patch, brightness 0 to 255
LEAST_CONTRAST = 8.0  # keeps the noise of an empty sky from being blown up
LUMINANCE = (0.2125, 0.7154, 0.0721)  # red, green, blue; as in skimage.color.rgb2gray


def patches(per_class: int = 20, seed: int = 0) -> ImageSplits:
    """Return as many patches of each photograph to train on, and as many to test on, (1, 64, 64).

    `seed` is for the places and turns; the same seed gives the same patches.
    """
    rng = np.random.default_rng(seed)
    train, test = [], []
    for name in PHOTOGRAPHS:
        photograph = _grey(getattr(skimage.data, name)())
        middle = photograph.shape[1] // 2
        train += [_patch(photograph[:, :middle], rng) for _ in range(per_class)]
        test += [_patch(photograph[:, middle:], rng) for _ in range(per_class)]
    labels = np.repeat(np.arange(len(PHOTOGRAPHS), dtype=np.int64), per_class)
    return ImageSplits(
        LabelledImages(np.stack(train)[:, None], labels, PHOTOGRAPHS),
        LabelledImages(np.stack(test)[:, None], labels, PHOTOGRAPHS),
    )


def _grey(photograph: np.ndarray) -> Float[np.ndarray, "height width"]:
    if photograph.ndim == 2:
        return photograph.astype(np.float64)
    grey: np.ndarray = photograph[..., :3] @ np.array(LUMINANCE)
    return grey


def _patch(
    photograph: Float[np.ndarray, "height width"], rng: np.random.Generator
) -> UInt8[np.ndarray, "64 64"]:
    height, width = photograph.shape
    top, left = rng.integers(height - SIDE + 1), rng.integers(width - SIDE + 1)
    patch = np.rot90(photograph[top : top + SIDE, left : left + SIDE], int(rng.integers(4)))
    patch = (patch - patch.mean()) / max(patch.std(), LEAST_CONTRAST) * CONTRAST + MEAN
    pixels: np.ndarray = np.clip(np.rint(patch), 0, 255).astype(np.uint8)
    return pixels
