"""Points by thresholds of what was measured: ``by_iou = [[0.4, 0.25], [0.5, 0.5]]``.

Each pair says: from this measure on, so many points in all. Below the first, there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise

from praktikum.course.tables import POINTS, Kind

__all__ = ["DECIBELS", "SHARES", "Threshold", "next_after", "points_for"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """From the measure ``value`` on there are ``points`` in all."""

    value: Decimal
    points: Decimal


def points_for(measure: Decimal, thresholds: Sequence[Threshold]) -> Decimal:
    """Return what a measure earns; a threshold that is met exactly is met.

    >>> steps = [Threshold(Decimal("0.4"), Decimal("0.25")), Threshold(Decimal("0.5"), Decimal(1))]
    >>> [str(points_for(Decimal(measure), steps)) for measure in ("0.399", "0.4", "0.9")]
    ['0', '0.25', '1']
    """
    return max((step.points for step in thresholds if step.value <= measure), default=Decimal(0))


def next_after(measure: Decimal, thresholds: Sequence[Threshold]) -> Threshold | None:
    """Return the lowest threshold that a measure does not meet; None where it meets all."""
    return next((step for step in thresholds if measure < step.value), None)


def _read(value: object, most: int) -> tuple[Threshold, ...]:
    wanted = "pairs of a measure and points, both rising, such as [[0.4, 0.25], [0.5, 0.5]]"
    if not isinstance(value, list) or not value:
        raise ValueError(wanted)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ValueError(wanted)
    steps = tuple(Threshold(POINTS.read(pair[0]), POINTS.read(pair[1])) for pair in value)
    rising = all(
        low.value < high.value and low.points < high.points for low, high in pairwise(steps)
    )
    if not rising or not 0 < steps[0].value <= steps[-1].value <= most or not steps[0].points:
        raise ValueError(f"{wanted}; a measure is above 0 and at most {most}")
    return steps


SHARES: Kind[tuple[Threshold, ...]] = Kind(partial(_read, most=1), ())
DECIBELS: Kind[tuple[Threshold, ...]] = Kind(partial(_read, most=30), ())
