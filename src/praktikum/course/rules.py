"""The rules of a course as data: what lateness costs, what a bonus is worth, which mark follows.

This is all of the policy language; ``grader.penalty`` and ``grader.marks`` apply it::

    [lateness]
    per_day = 1            # points for each started day late, or
    by_day = [0.25, 0.75]  # the points lost in all on the first, the second, … started day
    last_day = 7           # per_day only, optional: handed in later, the work is worth nothing
                           # (a by_day table ends at its last day in the same way)
    [bonus]
    penalised = true       # does lateness take from bonus points too?
    after_deadline = true  # do bonus points that come late count at all?

    [attempts]
    counts = "best"        # of a student's attempts at a task: "best" or "last"

    [marks]
    task_counts_from = 4   # a task counts towards `tasks` from this score on,
    task_counts = "after_penalty"  # with its lateness already taken off, or "before_penalty"

    [[marks.scale]]        # from the best mark to the worst; the worst asks for nothing
    mark = { ru = "отлично", en = "excellent" }    # or one string for both languages
    points = 30            # the least sum over the tasks
    tasks = 4              # the least number of tasks that count
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, cast

from praktikum.checks import Text
from praktikum.course.tables import (
    FLAG,
    NAME,
    POINTS,
    TEXT,
    WHOLE,
    Kind,
    Table,
    listed,
    one_of,
)

__all__ = [
    "Attempts",
    "ByDay",
    "Marks",
    "PerDay",
    "Rules",
    "Step",
    "TaskCounts",
    "check_rules",
    "take_rules",
]

Attempts = Literal["best", "last"]
TaskCounts = Literal["after_penalty", "before_penalty"]


@dataclass(frozen=True, slots=True)
class PerDay:
    """Each started day late costs ``points``; after ``last_day`` of them all is lost."""

    points: Decimal
    last_day: int | None = None


@dataclass(frozen=True, slots=True)
class ByDay:
    """``lost[n - 1]`` points are lost in all on the ``n``-th started day; later, everything is."""

    lost: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A mark and the least that it asks for: a sum of points and a number of tasks that count."""

    mark: Text
    points: Decimal
    tasks: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The scale, from the best mark to one that asks for nothing, and when a task counts."""

    scale: tuple[Step, ...]
    task_counts_from: Decimal
    task_counts: TaskCounts = "after_penalty"


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything by which points become a score, and scores a mark."""

    lateness: PerDay | ByDay
    bonus_penalised: bool
    bonus_after_deadline: bool
    attempts: Attempts
    marks: Marks


def take_rules(file: Table) -> Rules:
    """Return the rules that stand in a course file, complaining to it where they are wrong."""
    lateness = _take_lateness(file.table("lateness"))
    bonus = file.table("bonus")
    attempts = file.table("attempts")
    rules = Rules(
        lateness=lateness,
        bonus_penalised=bonus.take("penalised", FLAG),
        bonus_after_deadline=bonus.take("after_deadline", FLAG),
        attempts=cast(Attempts, attempts.take("counts", one_of("best", "last"))),
        marks=_take_marks(file.table("marks")),
    )
    bonus.done()
    attempts.done()
    return rules


def check_rules(rules: Rules, file: Table) -> None:
    """Complain about rules that contradict themselves, once each of them is right alone."""
    lateness, scale = rules.lateness, rules.marks.scale
    if isinstance(lateness, ByDay) and list(lateness.lost) != sorted(lateness.lost):
        file.complain("lateness.by_day", "a later day must not cost less than an earlier one")
    if any(
        worse.points > better.points or worse.tasks > better.tasks
        for better, worse in pairwise(scale)
    ):
        wanted = "must go from the best mark to the worst, none asking for more"
        file.complain("marks.scale", wanted)
    if scale[-1].points or scale[-1].tasks:
        file.complain("marks.scale", "its last mark must ask for points = 0 and tasks = 0")


def _take_lateness(table: Table) -> PerDay | ByDay:
    lateness: PerDay | ByDay
    if table.has("by_day"):
        lateness = ByDay(table.take("by_day", listed(POINTS, at_least=1)))
        if table.has("per_day"):
            table.complain("per_day", "stands beside by_day: only one of them can be the rule")
            table.take("per_day", POINTS)
    else:
        lateness = PerDay(table.take("per_day", POINTS), table.take_or("last_day", WHOLE, None))
    table.done()
    return lateness


def _take_marks(table: Table) -> Marks:
    steps = []
    for row in table.tables("scale"):
        steps.append(
            Step(row.take("mark", _MARK), row.take("points", POINTS), row.take("tasks", WHOLE))
        )
        row.done()
    marks = Marks(
        scale=tuple(steps),
        task_counts_from=table.take("task_counts_from", POINTS),
        task_counts=cast(
            TaskCounts, table.take("task_counts", one_of("after_penalty", "before_penalty"))
        ),
    )
    table.done()
    return marks


def _read_mark(value: object) -> Text:
    if isinstance(value, str):
        name = NAME.read(value)
        return Text(ru=name, en=name)
    return TEXT.read(value)


_MARK = Kind(_read_mark, Text("", ""))
