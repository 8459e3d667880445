"""The course as its calendar says it: seminars, tasks with their deadlines, and the rules.

Read from ``course.toml``. Times there are local to ``time_zone``; here they are aware.

``due`` names the last minute that is on time, and the whole minute is: with 23:59, a submission
at 23:59:59.999 is not late and one at 00:00:00 is (`grader.lateness` does that arithmetic).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from praktikum.checks import Text
from praktikum.course.rules import Rules, check_rules, take_rules
from praktikum.course.tables import (
    IDENTIFIER,
    NAME,
    POINTS,
    TEXT,
    WHOLE,
    CourseError,
    Kind,
    Table,
    listed,
    open_table,
)

__all__ = ["Course", "CourseError", "Seminar", "Task", "read_course"]

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Seminar:
    """One class: its number, its day, what it is about, and the folder of its unit, if any."""

    id: str
    number: int
    date: dt.date
    topics: tuple[Text, ...]
    unit: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the course.

    Attributes:
        id: the name by which submissions, units and gradebooks know it.
        title: what people call it.
        issued: when it is given out; aware.
        due: the last minute that is on time; aware, in the course's time zone.
        points: what it is worth without its bonus.
        unit: its folder, relative to the course file; None where it is marked elsewhere.
    """

    id: str
    title: Text
    issued: dt.datetime
    due: dt.datetime
    points: Decimal
    unit: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """All of ``course.toml``."""

    title: Text
    zone: ZoneInfo
    seminars: tuple[Seminar, ...]
    no_class: tuple[dt.date, ...]
    tasks: tuple[Task, ...]
    rules: Rules

    def task(self, id: str) -> Task:
        """Return the task of this id.

        Raises:
            KeyError: the course has no such task.
        """
        for task in self.tasks:
            if task.id == id:
                return task
        raise KeyError(f"no task {id!r} in the course; there are: {_names(self.tasks)}")


def read_course(path: Path) -> Course:
    """Return the course that a file describes.

    Raises:
        CourseError: with every mistake of the file, each in one line.
    """
    file, problems = open_table(path)
    zone = file.take("time_zone", _ZONE)
    course = Course(
        title=file.take("title", TEXT),
        zone=zone,
        seminars=tuple(map(_take_seminar, file.tables("seminars"))),
        no_class=file.take_or("no_class", listed(_DATE), ()),
        tasks=tuple(_take_task(table, zone) for table in file.tables("tasks")),
        rules=take_rules(file),
    )
    file.done()
    if not problems:
        _check_whole(course, file)
        check_rules(course.rules, file)
    if problems:
        raise CourseError(path, problems)
    return course


def _take_seminar(table: Table) -> Seminar:
    seminar = Seminar(
        id=table.take("id", IDENTIFIER),
        number=table.take("number", WHOLE),
        date=table.take("date", _DATE),
        topics=table.take("topics", listed(TEXT)),
        unit=table.take_or("unit", NAME, None),
    )
    table.done()
    return seminar


def _take_task(table: Table, zone: ZoneInfo) -> Task:
    task = Task(
        id=table.take("id", IDENTIFIER),
        title=table.take("title", TEXT),
        issued=table.take("issued", _MINUTE).replace(tzinfo=zone),
        due=table.take("due", _MINUTE).replace(tzinfo=zone),
        points=table.take("points", POINTS),
        unit=table.take_or("unit", NAME, None),
    )
    table.done()
    return task


def _check_whole(course: Course, file: Table) -> None:
    """Complain about what is wrong between the entries, once each of them is right."""
    for name in _repeated(seminar.id for seminar in course.seminars):
        file.complain("seminars", f"the id {name!r} stands twice")
    for name in _repeated(task.id for task in course.tasks):
        file.complain("tasks", f"the id {name!r} stands twice")
    for place, task in enumerate(course.tasks):
        if task.issued > task.due:
            due = f"{task.due:%Y-%m-%d %H:%M}"
            file.complain(f"tasks[{place}].due", f"{due} is before the task is issued")
    for earlier, later in pairwise(course.seminars):
        if (earlier.number, earlier.date) >= (later.number, later.date) or (
            earlier.date >= later.date
        ):
            file.complain(
                "seminars", f"{later.id!r} must come after {earlier.id!r} in number and date"
            )
    for seminar in course.seminars:
        if seminar.date in course.no_class:
            file.complain("no_class", f"{seminar.date} has a class: {seminar.id!r}")


def _repeated(keys: Iterable[K]) -> list[K]:
    seen: set[K] = set()
    return [key for key in keys if key in seen or seen.add(key)]  # type: ignore[func-returns-value]


def _names(tasks: Iterable[Task]) -> str:
    return ", ".join(task.id for task in tasks)


def _read_date(value: object) -> dt.date:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError("a date such as 2023-02-14")
    return value


def _read_minute(value: object) -> dt.datetime:
    wanted = "a local time to the minute such as 2023-03-14T23:59:00"
    if not isinstance(value, dt.datetime) or value.tzinfo is not None:
        raise ValueError(f"{wanted}, without an offset (time_zone says it)")
    if value.second or value.microsecond:
        raise ValueError(f"{wanted} (the whole minute counts)")
    return value


def _read_zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone such as 'Europe/Moscow'") from error


_DATE = Kind(_read_date, dt.date.min)
_MINUTE = Kind(_read_minute, dt.datetime(2000, 1, 1))
_ZONE = Kind(_read_zone, ZoneInfo("UTC"))
