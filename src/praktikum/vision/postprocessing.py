"""Repairs of predicted masks by mathematical morphology, and what they gain.

Serra, 1982, "Image analysis and mathematical morphology": opening takes off what is thinner than
the structuring element, closing fills gaps that are narrower. A network judges pixels nearly one
by one; these use what we know of whole objects: few pieces, no pinholes, smooth borders. Each
can also do harm, so measure with `measure_gain` on validation data before you use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from scipy import ndimage

from .errors import SettingError
from .segmentation_metrics import IoUScore

__all__ = [
    "Gain",
    "PostProcessing",
    "filled_holes",
    "large_components",
    "measure_gain",
    "smoothed_borders",
]

Mask = Bool[np.ndarray, "height width"]
NEIGHBOURS = np.ones((3, 3), bool)  # pieces that touch at a corner are one


def large_components(mask: Mask, share: float = 1.0) -> Mask:
    """Return the connected pieces of at least `share` of the largest one's area; all 8 neighbours.

    With share = 1 only the largest is left (and those exactly as large).
    """
    labels, count = ndimage.label(mask, NEIGHBOURS)
    if count < 2:
        return mask.copy()
    areas = np.bincount(labels.ravel())
    areas[0] = 0  # the background
    return np.asarray((areas >= share * areas.max())[labels] & mask)


def filled_holes(mask: Mask, max_area: int | None = None) -> Mask:
    """Return the mask with its holes filled: background that doesn't reach the image's border.

    max_area: pixels; larger holes, such as between an arm and the body, stay. None fills all.
    """
    holes = ndimage.binary_fill_holes(mask) & ~mask
    if max_area is not None:
        labels, _ = ndimage.label(holes)  # 4 neighbours: the complement of 8
        areas = np.bincount(labels.ravel())
        holes &= (areas <= max_area)[labels]
    return np.asarray(mask | holes)


def smoothed_borders(mask: Mask, radius: int = 1) -> Mask:
    """Return the mask opened and then closed by a disk of `radius` pixels.

    Beyond the image's border the mask is taken to go on as at the border.
    """
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    disk = y**2 + x**2 <= radius**2
    wide = np.pad(mask, 2 * radius, mode="edge")
    wide = ndimage.binary_closing(ndimage.binary_opening(wide, disk), disk)
    inner = slice(2 * radius, -2 * radius or None)
    return np.asarray(wide[inner, inner])


@dataclass(frozen=True)
class PostProcessing:
    """Borders, then pieces, then holes.

    radius:   pixels of the disk that smooths borders; 0 leaves them
    share:    of the largest piece's area that a piece must have; 0 leaves all
    max_hole: pixels of the largest hole that is filled; 0 leaves all
    """

    radius: int = 1
    share: float = 0.1
    max_hole: int = 30

    def __post_init__(self) -> None:
        if self.radius < 0 or self.max_hole < 0 or not 0 <= self.share <= 1:
            raise SettingError(
                "radius and max_hole must be at least 0 pixels and share from 0 to 1, got "
                f"radius={self.radius}, max_hole={self.max_hole}, share={self.share}"
            )

    def __call__(self, mask: Mask) -> Mask:
        """Return the repaired mask, a new array."""
        if self.radius:
            mask = smoothed_borders(mask, self.radius)
        return filled_holes(large_components(mask, self.share), self.max_hole)


class Gain(NamedTuple):
    """The mean IoU over pictures before and after post-processing."""

    before: float
    after: float


def measure_gain(
    predicted: Bool[np.ndarray, "pictures height width"],
    target: Bool[np.ndarray, "pictures height width"] | UInt8[np.ndarray, "pictures height width"],
    processing: Callable[[Mask], Mask],
) -> Gain:
    """Return the mean IoU of the predicted masks as they are and after `processing`."""
    repaired = np.stack([processing(mask) for mask in predicted])
    return Gain(_mean_iou(predicted, target), _mean_iou(repaired, target))


def _mean_iou(predicted: np.ndarray, target: np.ndarray) -> float:
    score = IoUScore(from_logits=False)
    masks = (torch.from_numpy(array.astype(np.float32))[:, None] for array in (predicted, target))
    return float(score(*masks))
