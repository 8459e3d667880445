"""Intersection over union of masks, in NumPy: the measure by which masks are graded."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np

__all__ = ["mask_iou", "mean_score"]

_DIGITS = Decimal("0.001")


def mask_iou(predicted: np.ndarray, truth: np.ndarray) -> Fraction:
    """Return the IoU of two boolean masks (height, width), exactly; 1 where both are empty."""
    union = int(np.count_nonzero(predicted | truth))
    return Fraction(int(np.count_nonzero(predicted & truth)), union) if union else Fraction(1)


def mean_score(scores: Iterable[Fraction], count: int) -> Decimal:
    """Return the mean over ``count`` of them, those without a score counting 0, to three digits.

    What is stored, shown and compared with thresholds is this one number, so nobody misses a
    threshold that a page says they met; and more digits would tell of single pixels of the truth.
    """
    mean = sum(scores, Fraction(0)) / count
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    return exact.quantize(_DIGITS, ROUND_HALF_EVEN)
