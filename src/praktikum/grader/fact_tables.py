"""Facts that people write in a spreadsheet: points by hand, extensions, scores, times.

They are tables as `csv_table` reads them; with semicolons between its cells 1.5 may be written
1,5, as a Russian spreadsheet does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from praktikum.course.calendar import Course
from praktikum.course.unit import Unit
from praktikum.grader.csv_table import Row, each_once, read_rows
from praktikum.grader.facts import Extension, FactsError, HandPoints, OutsideScore, student_name

__all__ = ["read_extensions", "read_hand_points", "read_received", "read_scores", "scores_in"]

T = TypeVar("T")


def read_hand_points(path: Path, unit: Unit) -> tuple[HandPoints, ...]:
    """Return the points that people gave: columns student, part, points, comment (optional).

    Raises:
        FactsError: with every mistake of the file.
    """
    by_hand = {part.id: part.by_hand for part in unit.parts}

    def read(row: Row) -> HandPoints:
        part = row["part"]
        if part not in by_hand:
            raise ValueError(f"part: {unit.id} has no part {part!r}; it has {', '.join(by_hand)}")
        if not by_hand[part]:
            raise ValueError(
                f"part: {part!r} is judged by checks alone, nobody gives points for it"
            )
        points = _points(row, "points", by_hand[part])
        task = unit.task
        return HandPoints(row["student"], task, part, points, row.get("comment", ""))

    rows = _read(path, ("student", "part", "points"), ("comment",), read)
    return each_once(str(path), rows, lambda fact: (fact.student, fact.part))


def read_extensions(path: Path, course: Course) -> tuple[Extension, ...]:
    """Return the extensions: columns student, task, until (a day is meant through 23:59).

    Raises:
        FactsError: with every mistake of the file.
    """

    def read(row: Row) -> Extension:
        until = _time(row, "until", course.zone, day_ends=True)
        return Extension(row["student"], _task(row, course), until)

    rows = _read(path, ("student", "task", "until"), ("comment",), read)
    return each_once(str(path), rows, lambda fact: (fact.student, fact.task))


def read_scores(path: Path, course: Course) -> tuple[OutsideScore, ...]:
    """Return scores given elsewhere: columns student, task, points, bonus and received (optional).

    Raises:
        FactsError: with every mistake of the file.
    """
    return scores_in(str(path), _content(path), course)


def scores_in(name: str, content: bytes, course: Course) -> tuple[OutsideScore, ...]:
    """Return the scores of `read_scores` from the bytes of a table called ``name``.

    Raises:
        FactsError: with every mistake of the table.
    """

    def read(row: Row) -> OutsideScore:
        task = _task(row, course)
        points = _points(row, "points", course.task(task).points)
        bonus = _points(row, "bonus", None) if row.get("bonus") else Decimal(0)
        received = _time(row, "received", course.zone) if row.get("received") else None
        return OutsideScore(row["student"], task, points, bonus, received)

    optional = ("bonus", "received", "comment")
    rows = _rows(name, content, ("student", "task", "points"), optional, read)
    return each_once(name, rows, lambda fact: (fact.student, fact.task))


def read_received(path: Path, zone: ZoneInfo) -> dict[str, dt.datetime]:
    """Return when each student's submission came: columns student, received.

    Raises:
        FactsError: with every mistake of the file.
    """

    def read(row: Row) -> tuple[str, dt.datetime]:
        return row["student"], _time(row, "received", zone)

    rows = _read(path, ("student", "received"), (), read)
    return dict(each_once(str(path), rows, lambda fact: fact[0]))


def _read(
    path: Path, required: tuple[str, ...], optional: tuple[str, ...], read: Callable[[Row], T]
) -> list[tuple[int, T]]:
    return _rows(str(path), _content(path), required, optional, read)


def _rows(
    name: str,
    content: bytes,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    read: Callable[[Row], T],
) -> list[tuple[int, T]]:
    """Return what ``read`` makes of each row, whose student is spelt as facts have it."""
    return read_rows(
        name,
        content,
        required,
        optional,
        lambda row: read(row | {"student": student_name(row["student"])}),
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FactsError([f"{path}: cannot be read: {error.strerror}"]) from error


def _task(row: Row, course: Course) -> str:
    ids = [task.id for task in course.tasks]
    if row["task"] not in ids:
        raise ValueError(f"task: no task {row['task']!r} in the course; it has {', '.join(ids)}")
    return row["task"]


def _points(row: Row, column: str, most: Decimal | None) -> Decimal:
    text = row[column]
    try:
        points = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(f"{column}: {text!r} is not a number") from error
    if not points.is_finite() or points < 0:
        raise ValueError(f"{column}: {text!r} is not a number of points, 0 or more")
    if most is not None and points > most:
        raise ValueError(f"{column}: {text} is more than the {most} that can be given")
    return points


def _time(row: Row, column: str, zone: ZoneInfo, day_ends: bool = False) -> dt.datetime:
    """Return an aware time; one without an offset is local to ``zone``."""
    text = row[column]
    wanted = "a day such as 2023-03-14 or " if day_ends else ""
    try:
        is_day = len(text) == len("2023-03-14")
        if is_day and not day_ends:
            raise ValueError("a day alone says no time")
        time = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"{column}: {text!r} is not {wanted}a time such as 2023-03-14 23:59"
        ) from error
    if is_day:
        time = time.replace(hour=23, minute=59)
    return time if time.tzinfo else time.replace(tzinfo=zone)
