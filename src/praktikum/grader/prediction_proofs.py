"""The proof that predictions are worth their points: what earns all of them, and what none.

The truth earns everything. Guesses that no network is needed for earn nothing: no archive; of
masks, nobody anywhere, somebody everywhere, the place where objects mostly are, and the masks of
other images; of speech, the recording as it came, silence, and the speech of other recordings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from praktikum.course.given import Given, draw_given
from praktikum.course.given_mixtures import GivenMixture
from praktikum.course.predictions_asked import MASKS
from praktikum.course.thresholds import points_for
from praktikum.course.unit import Unit
from praktikum.grader.iou import mean_score
from praktikum.grader.predictions import score

__all__ = ["prove_predictions"]

_TRUTH = "the truth"
_FEW = 5  # that are drawn again


def prove_predictions(unit: Unit, seed: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each variant of predictions with what is wrong about its points.

    Raises:
        CourseError: what the unit gives cannot be drawn.
    """
    if not unit.given:
        return
    given = draw_given(unit, seed)
    is_masks = unit.asked is MASKS
    yield (
        ("images" if is_masks else "recordings") + " drawn again",
        tuple(_drawing_problems(unit, seed, given)),
    )
    for name, predicted in (_masks(given) if is_masks else _speech(given)).items():
        scores = [score(each, one) for each, one in zip(predicted, given, strict=False)]
        reached = mean_score(scores, len(given))
        problems = _wrongly_paid(unit, reached, everything=name == _TRUTH)
        yield f"{'masks' if is_masks else 'speech'}: {name}", tuple(problems)


def _masks(given: Sequence[Given]) -> Mapping[str, Sequence[np.ndarray]]:
    """Return masks of all images, or of none of them, by what they are."""
    truths = [one.truth > 0 for one in given]
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


def _speech(given: Sequence[Given]) -> Mapping[str, Sequence[np.ndarray]]:
    """Return speech of all recordings, or of none of them, by what it is."""
    truths = [one.truth for one in given]
    return {
        _TRUTH: truths,
        "none": [],
        "as it came": [one.noisy for one in given if isinstance(one, GivenMixture)],
        "silence": [np.zeros_like(truth) for truth in truths],
        "of other recordings": [
            np.resize(other, truth.shape)
            for truth, other in zip(truths, [*truths[1:], truths[0]], strict=True)
        ],
    }


def _wrongly_paid(unit: Unit, reached: Decimal, *, everything: bool) -> Iterator[str]:
    for part in unit.parts:
        earned = points_for(reached, part.thresholds)
        wanted = part.by_predictions if everything else Decimal(0)
        if earned != wanted:
            given_for = f"gives {earned} for {unit.asked.title} {reached}"
            yield f"{part.id} {given_for}, and should give {wanted}"


def _drawing_problems(unit: Unit, seed: int, given: tuple[Given, ...]) -> Iterator[str]:
    draw = unit.asked.drawn_by
    few = replace(unit, given=min(unit.given, _FEW))
    again, other = draw_given(few, seed), draw_given(few, seed + 1)
    if not all(map(_same, given, again)):
        yield f"one seed drew two sets: {draw}(rng) depends on more than rng"
    if any(map(_same, given, other)):
        yield f"two seeds drew the same: {draw}(rng) does not depend on rng alone"


def _same(one: Given, other: Given) -> bool:
    return np.array_equal(one.shown, other.shown) and np.array_equal(one.truth, other.truth)
