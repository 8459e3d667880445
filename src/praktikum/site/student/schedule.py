"""The course as a student stands in it: what comes next, and what each task has brought."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from praktikum.course.calendar import Seminar
from praktikum.grader.gradebook import Row, TaskResult
from praktikum.grader.lateness import closes
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.models import Publication

__all__ = ["PlannedTask", "Schedule", "left_until", "schedule"]


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task for one student.

    Attributes:
        left: until the deadline closes; None when it has.
        is_open: whether it is graded here and given out.
        shown: whether scores at it may be seen.
    """

    result: TaskResult
    left: dt.timedelta | None
    is_open: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A student's course.

    Attributes:
        next: the open task whose deadline comes first, of those not handed in; if there is one.
        next_seminar: the first that is not over; None after the last.
        all_shown: whether no scores are held back.
    """

    row: Row
    tasks: tuple[PlannedTask, ...]
    seminars: tuple[Seminar, ...]
    next: PlannedTask | None
    next_seminar: Seminar | None
    all_shown: bool


def schedule(loaded: LoadedCourse, row: Row, now: dt.datetime) -> Schedule:
    """Return the course as the student of ``row`` stands in it at ``now``."""
    held_back = Publication.held_back()
    tasks = tuple(_planned(loaded, result, now, held_back) for result in row.tasks)
    coming = [task for task in tasks if task.is_open and task.left and not task.result.handed_in]
    today = now.astimezone(loaded.course.zone).date()
    seminars = loaded.course.seminars
    return Schedule(
        row,
        tasks,
        seminars,
        min(coming, key=lambda task: task.left or dt.timedelta.max, default=None),
        next((seminar for seminar in seminars if seminar.date >= today), None),
        all_shown=all(task.shown for task in tasks),
    )


def _planned(
    loaded: LoadedCourse, result: TaskResult, now: dt.datetime, held_back: frozenset[str]
) -> PlannedTask:
    return PlannedTask(
        result,
        left_until(result.due, now),
        is_open=result.task.id in loaded.packs and result.task.issued <= now,
        shown=result.task.id not in held_back,
    )


def left_until(due: dt.datetime, now: dt.datetime) -> dt.timedelta | None:
    """Return how much time is left until a deadline closes; None when it has."""
    left = closes(due) - now
    return left if left > dt.timedelta(0) else None
