"""IoU in NumPy, held against scikit-learn's and against the score that the course teaches."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from praktikum.grader.iou import mask_iou, mean_score
from praktikum.vision.segmentation_metrics import IoUScore

seeds = st.integers(0, 2**32)


def masks_of(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two masks (5, 6), each of any share of pixels, none and all included."""
    rng = np.random.default_rng(seed)
    predicted, truth = (rng.random((5, 6)) < rng.choice([0, 0.3, 0.7, 1]) for _ in range(2))
    return predicted, truth


@given(seeds)
def test_iou_is_the_jaccard_score(seed: int) -> None:
    predicted, truth = masks_of(seed)
    expected = jaccard_score(truth.ravel(), predicted.ravel(), zero_division=1.0)
    assert float(mask_iou(predicted, truth)) == pytest.approx(expected, abs=1e-12)


@given(seeds)
def test_iou_is_that_of_the_task(seed: int) -> None:
    predicted, truth = (torch.from_numpy(mask)[None, None].float() for mask in masks_of(seed))
    taught = IoUScore(from_logits=False)(predicted, truth).item()
    assert float(mask_iou(*masks_of(seed))) == pytest.approx(taught, abs=1e-6)


def test_two_empty_masks_agree_and_an_empty_one_with_a_full_one_does_not() -> None:
    empty, full = np.zeros((2, 2), bool), np.ones((2, 2), bool)
    assert (mask_iou(empty, empty), mask_iou(empty, full), mask_iou(full, empty)) == (1, 0, 0)


def test_images_without_a_score_count_zero() -> None:
    assert mean_score([Fraction(1), Fraction(1, 2)], 4) == Decimal("0.375")


@pytest.mark.parametrize(
    ("share", "shown"), [((2, 3), "0.667"), ((8499, 10000), "0.850"), ((0, 1), "0.000")]
)
def test_the_mean_has_three_digits(share: tuple[int, int], shown: str) -> None:
    assert str(mean_score([Fraction(*share)], 1)) == shown
