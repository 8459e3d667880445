"""Points by thresholds: what a measure earns, and which tables of thresholds are refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.course.tables import CourseError
from praktikum.course.thresholds import Threshold, next_after, points_for
from praktikum.course.unit import Unit, read_unit

D = Decimal
STEPS = (Threshold(D("0.5"), D("0.25")), Threshold(D("0.75"), D("0.5")), Threshold(D(1), D(1)))
measures = st.decimals(0, 1, places=3)


@pytest.mark.parametrize(
    ("measure", "points", "following"),
    [
        ("0", "0", "0.5"),
        ("0.499", "0", "0.5"),
        ("0.5", "0.25", "0.75"),
        ("0.749", "0.25", "0.75"),
        ("0.75", "0.5", "1"),
        ("1", "1", None),
    ],
)
def test_a_threshold_that_is_met_exactly_is_met(
    measure: str, points: str, following: str | None
) -> None:
    assert points_for(D(measure), STEPS) == D(points)
    step = next_after(D(measure), STEPS)
    assert (step and step.value) == (following and D(following))


@given(measures, measures)
def test_a_better_measure_never_earns_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert points_for(low, STEPS) <= points_for(high, STEPS)


def test_the_points_of_a_part_are_split_among_checks_hand_and_masks(masked_unit: Unit) -> None:
    part = masked_unit.part("masks")
    assert (part.by_predictions, part.by_hand, part.by_checks) == (5, 3, 0)
    assert masked_unit.given == 6


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[[1, 1]]", "[]", "parts[2].by_iou: wanted pairs of a measure and points, both rising"),
        ("[[1, 1]]", "[1, 1]", "parts[2].by_iou: wanted pairs"),
        ("[[1, 1]]", "[[1]]", "parts[2].by_iou: wanted pairs"),
        ("[[1, 1]]", '[["x", 1]]', "parts[2].by_iou: wanted a number of points, 0 or more"),
        ("[[1, 1]]", "[[1.5, 1]]", "a measure is above 0 and at most 1"),
        ("[[1, 1]]", "[[0, 1]]", "a measure is above 0 and at most 1"),
        ("[[1, 1]]", "[[0.9, 1], [0.8, 2]]", "both rising"),
        ("[[1, 1]]", "[[0.8, 1], [0.9, 1]]", "both rising"),
        ("by_hand = 3", "by_hand = 4", "parts[1].by_iou: 5 and 4 by hand are more than 8 points"),
        ("given = 6", "given = 0", "given: wanted together with a part's by_iou"),
        ("given = 6", "given = -1", "given: wanted a whole number, 0 or more, got -1"),
    ],
)
def test_wrong_thresholds_are_told_with_their_place(
    masked_unit: Unit, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = masked_unit.file.read_text("utf-8")
    assert right in text
    (tmp_path / "task.toml").write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(CourseError) as caught:
        read_unit(tmp_path)
    assert any(said in problem for problem in caught.value.problems), caught.value
