"""The proof that masks are worth their points: what earns all of them, and what earns none.

The truth earns everything. Guesses that no network is needed for earn nothing: no archive, nobody
anywhere, somebody everywhere, the place where objects mostly are, and the masks of other images.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from praktikum.course.given_images import GivenImage, draw_given
from praktikum.course.thresholds import points_for
from praktikum.course.unit import Unit
from praktikum.grader.iou import mask_iou, mean_iou

__all__ = ["prove_masks"]

_TRUTH = "the truth"
_FEW = 5  # images that are drawn again


def prove_masks(unit: Unit, seed: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each variant of predictions with what is wrong about its points.

    Raises:
        CourseError: the unit's images cannot be drawn.
    """
    if not unit.given:
        return
    given = draw_given(unit, seed)
    yield "images drawn again", tuple(_drawing_problems(unit, seed, given))
    truths = [one.truth > 0 for one in given]
    for name, masks in _variants(truths).items():
        scores = [mask_iou(mask, truth) for mask, truth in zip(masks, truths, strict=False)]
        iou = mean_iou(scores, len(truths))
        yield f"masks: {name}", tuple(_wrongly_paid(unit, iou, everything=name == _TRUTH))


def _variants(truths: Sequence[np.ndarray]) -> Mapping[str, Sequence[np.ndarray]]:
    """Return masks of all images, or of none of them, by what they are."""
    variants: dict[str, Sequence[np.ndarray]] = {
        _TRUTH: truths,
        "none": [],
        "nobody anywhere": [np.zeros_like(truth) for truth in truths],
        "somebody everywhere": [np.ones_like(truth) for truth in truths],
    }
    if len({truth.shape for truth in truths}) == 1:
        variants["of other images"] = [*truths[1:], truths[0]]
        # From 0.3 on: on real outlines this level overlaps more than 0.5, the likelier pixels.
        variants["the usual place"] = [np.mean(truths, axis=0) >= 0.3] * len(truths)
    return variants


def _wrongly_paid(unit: Unit, iou: Decimal, *, everything: bool) -> Iterator[str]:
    for part in unit.parts:
        earned, wanted = points_for(iou, part.by_iou), part.by_masks if everything else Decimal(0)
        if earned != wanted:
            yield f"{part.id} gives {earned} for IoU {iou}, and should give {wanted}"


def _drawing_problems(unit: Unit, seed: int, given: tuple[GivenImage, ...]) -> Iterator[str]:
    few = replace(unit, given=min(unit.given, _FEW))
    again, other = draw_given(few, seed), draw_given(few, seed + 1)
    if not all(map(_same, given, again)):
        yield "one seed drew two sets of images: picture(rng) depends on more than rng"
    if any(map(_same, given, other)):
        yield "two seeds drew the same image: picture(rng) does not depend on rng alone"


def _same(one: GivenImage, other: GivenImage) -> bool:
    return np.array_equal(one.image, other.image) and np.array_equal(one.truth, other.truth)
