"""What handing in now would bring: the score after lateness, and the mark that it would make.

A forecast is no promise: it takes what the student expects to earn, and all else as it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from praktikum.course.calendar import Course
from praktikum.grader.gradebook import Row, TaskResult
from praktikum.grader.lateness import closes, days_late
from praktikum.grader.marks import Standing, standing
from praktikum.grader.penalty import Score, best_of, score

__all__ = ["Forecast", "forecast"]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of a student who hands in a task now.

    Attributes:
        expected: the points that the work is taken to earn, bonus included.
        most: what it could earn.
        handed_in: the score of that work alone.
        task: the score of the task then: an earlier attempt may be better.
        standing: where the student stands then, if nothing else comes.
        until: when lateness starts to take more, or, on time, to take at all.
    """

    expected: Decimal
    most: Decimal
    handed_in: Score
    task: Score
    standing: Standing
    until: dt.datetime


def forecast(
    course: Course,
    row: Row,
    task: str,
    bonus: Decimal,
    now: dt.datetime,
    expected: Decimal | None = None,
) -> Forecast:
    """Return what handing in ``task`` at ``now`` would bring to the student of ``row``.

    Args:
        bonus: the points that the task's bonus parts can earn.
        expected: what the work is taken to earn; all points without bonus, if None. What is
            beyond them counts as bonus.
    """
    [result] = [each for each in row.tasks if each.task.id == task]
    most = result.task.points + bonus
    expected = min(max(result.task.points if expected is None else expected, Decimal(0)), most)
    base, days = min(expected, result.task.points), days_late(now, result.due)
    handed_in = score(base, expected - base, days, course.rules)
    then = _with(result, handed_in, course)
    scores = [then if each is result else each.low for each in row.tasks]
    return Forecast(
        expected,
        most,
        handed_in,
        then,
        standing(scores, course.rules.marks),
        closes(result.due, days),
    )


def _with(result: TaskResult, handed_in: Score, course: Course) -> Score:
    if result.outside:
        return result.low  # it stands in place of attempts
    before = [result.low] if result.attempt else []
    return best_of([*before, handed_in], course.rules)
