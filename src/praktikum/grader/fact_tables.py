"""Facts that people write in a spreadsheet: points by hand, extensions, scores, times.

A table is CSV in UTF-8 with a line of column names; its delimiter is a comma or a semicolon, and
1.5 may be written 1,5 (in a Russian spreadsheet both are so). Columns that are not known are
mistakes. All mistakes of a file are told at once, each in one line with its file and line.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Hashable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from praktikum.course.calendar import Course
from praktikum.course.unit import Unit
from praktikum.grader.facts import Extension, FactsError, HandPoints, OutsideScore, student_name

__all__ = ["read_extensions", "read_hand_points", "read_received", "read_scores"]

T = TypeVar("T")
Row = dict[str, str]


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
    return _once(path, rows, lambda fact: (fact.student, fact.part))


def read_extensions(path: Path, course: Course) -> tuple[Extension, ...]:
    """Return the extensions: columns student, task, until (a day is meant through 23:59).

    Raises:
        FactsError: with every mistake of the file.
    """

    def read(row: Row) -> Extension:
        until = _time(row, "until", course.zone, day_ends=True)
        return Extension(row["student"], _task(row, course), until)

    rows = _read(path, ("student", "task", "until"), ("comment",), read)
    return _once(path, rows, lambda fact: (fact.student, fact.task))


def read_scores(path: Path, course: Course) -> tuple[OutsideScore, ...]:
    """Return scores given elsewhere: columns student, task, points, bonus and received (optional).

    Raises:
        FactsError: with every mistake of the file.
    """

    def read(row: Row) -> OutsideScore:
        task = _task(row, course)
        points = _points(row, "points", course.task(task).points)
        bonus = _points(row, "bonus", None) if row.get("bonus") else Decimal(0)
        received = _time(row, "received", course.zone) if row.get("received") else None
        return OutsideScore(row["student"], task, points, bonus, received)

    rows = _read(path, ("student", "task", "points"), ("bonus", "received", "comment"), read)
    return _once(path, rows, lambda fact: (fact.student, fact.task))


def read_received(path: Path, zone: ZoneInfo) -> dict[str, dt.datetime]:
    """Return when each student's submission came: columns student, received.

    Raises:
        FactsError: with every mistake of the file.
    """

    def read(row: Row) -> tuple[str, dt.datetime]:
        return row["student"], _time(row, "received", zone)

    rows = _read(path, ("student", "received"), (), read)
    return dict(_once(path, rows, lambda fact: fact[0]))


def _read(
    path: Path, required: tuple[str, ...], optional: tuple[str, ...], read: Callable[[Row], T]
) -> list[tuple[int, T]]:
    """Return what ``read`` makes of each row that is not empty, with the number of its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        wanted = "save it as 'CSV UTF-8'"
        raise FactsError([f"{path}: is not in UTF-8 (byte {error.start}): {wanted}"]) from error
    except OSError as error:
        raise FactsError([f"{path}: cannot be read: {error.strerror}"]) from error
    first_line = text.partition("\n")[0]
    delimiter = ";" if ";" in first_line else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = _columns(path, next(lines, []), required, optional)
    found: list[tuple[int, T]] = []
    problems: list[str] = []
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                found.append((lines.line_num, read(_row(columns, cells, required))))
            except ValueError as error:
                problems.append(f"{path}:{lines.line_num}: {error}")
    except csv.Error as error:
        problems.append(f"{path}:{lines.line_num}: is not CSV: {error}")
    if problems:
        raise FactsError(problems)
    return found


def _columns(
    path: Path, head: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> list[str]:
    columns = [column.strip().lower() for column in head]
    known = ", ".join(required + tuple(f"{column} (optional)" for column in optional))
    problems = [f"there is no column {name!r}" for name in required if name not in columns]
    for place, column in enumerate(columns):
        if column not in required + optional:
            problems.append(f"the column {column!r} is not known")
        elif column in columns[:place]:
            problems.append(f"the column {column!r} stands twice")
    if problems:
        raise FactsError(f"{path}:1: {problem}; the columns are {known}" for problem in problems)
    return columns


def _row(columns: list[str], cells: list[str], required: tuple[str, ...]) -> Row:
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} cells, wanted {len(columns)}: {', '.join(columns)}")
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    if empty := [column for column in required if not row[column]]:
        raise ValueError(f"{empty[0]}: is empty")
    row["student"] = student_name(row["student"])
    return row


def _once(path: Path, rows: list[tuple[int, T]], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """Return the rows' facts, of which no two may be about the same."""
    lines: dict[Hashable, int] = {}
    problems = [
        f"{path}:{line}: says again what line {lines[key(fact)]} says"
        for line, fact in rows
        if lines.setdefault(key(fact), line) != line
    ]
    if problems:
        raise FactsError(problems)
    return tuple(fact for _, fact in rows)


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
