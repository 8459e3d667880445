"""The mark that follows from the scores of a student's tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from praktikum.course.rules import Marks, Step
from praktikum.grader.penalty import Score

__all__ = ["Standing", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a student stands.

    Attributes:
        points: the sum of the scores, after lateness.
        tasks: how many tasks count towards the mark.
        mark: the best mark that asks for no more than these two.
    """

    points: Decimal
    tasks: int
    mark: Step


def standing(scores: Sequence[Score], marks: Marks) -> Standing:
    """Return the standing that one score for each task makes."""
    points = sum((one.total for one in scores), Decimal(0))
    counted = [one.total if marks.task_counts == "after_penalty" else one.raw for one in scores]
    tasks = sum(value >= marks.task_counts_from for value in counted)
    earned = (step for step in marks.scale if step.points <= points and step.tasks <= tasks)
    return Standing(points, tasks, next(earned))  # the last step asks for nothing
