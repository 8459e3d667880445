"""The gradebook as CSV (for a spreadsheet) and as JSON (for a program).

Scores and marks are given as ``low`` and ``high``, equal where nothing is pending.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from praktikum.checks import Language
from praktikum.course.calendar import Course
from praktikum.course.rules import Rules
from praktikum.grader.gradebook import Row, TaskResult
from praktikum.grader.marks import Standing
from praktikum.grader.phrasing import plain
from praktikum.grader.report import arithmetic

__all__ = ["gradebook_csv", "gradebook_json"]


def gradebook_csv(rows: Iterable[Row], course: Course, language: Language) -> str:
    """Return a line of column names and a line for each row; marks are named in ``language``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = ["student"]
    for task in course.tasks:
        columns += [f"{task.id}.low", f"{task.id}.high", f"{task.id}.days_late"]
    for value in ("points", "tasks", "mark"):
        columns += [f"{value}.low", f"{value}.high"]
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_inert(row.student), *_cells(row, language)])
    return text.getvalue()


def gradebook_json(rows: Iterable[Row], course: Course) -> str:
    """Return the whole of the rows: one object, one line for each student."""
    lines = ",\n".join(
        json.dumps(_row(row, course.rules), ensure_ascii=False, separators=(",", ":"))
        for row in rows
    )
    title = json.dumps(asdict(course.title), ensure_ascii=False)
    return f'{{"course": {title}, "students": [\n{lines}\n]}}\n'


def _cells(row: Row, language: Language) -> Iterator[str]:
    for result in row.tasks:
        yield plain(result.low.total)
        yield plain(result.high.total)
        yield str(result.low.days) if result.handed_in else ""
    yield from (plain(row.low.points), plain(row.high.points))
    yield from (str(row.low.tasks), str(row.high.tasks))
    yield from (row.low.mark.mark[language], row.high.mark.mark[language])


def _inert(text: str) -> str:
    """Return a name that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _row(row: Row, rules: Rules) -> dict[str, Any]:
    return {
        "student": row.student,
        "tasks": {result.task.id: _task(result, rules) for result in row.tasks},
        "low": _standing(row.low),
        "high": _standing(row.high),
    }


def _task(result: TaskResult, rules: Rules) -> dict[str, Any]:
    parts = result.tally.parts if result.tally else ()
    measured = result.attempt and result.attempt.measured
    lines = arithmetic(result.low, result.high, rules) if result.handed_in else ()
    return {
        "handed_in": result.handed_in,
        "attempt": result.attempt and result.attempt.id,
        (measured.measure if measured else "iou"): measured and str(measured.value),
        "isolated": result.attempt is None or result.attempt.isolated,
        "due": result.due.isoformat(),
        "days_late": result.low.days if result.handed_in else None,
        "low": plain(result.low.total),
        "high": plain(result.high.total),
        "parts": {
            part.part.id: {
                "earned": plain(part.earned),
                "pending": plain(part.pending),
                "possible": plain(part.part.points),
            }
            for part in parts
        },
        "arithmetic": [[line.label.en, plain(line.low), plain(line.high)] for line in lines],
        "look_at": [check.check.name for check in result.tally.errors] if result.tally else [],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "points": plain(standing.points),
        "tasks": standing.tasks,
        "mark": asdict(standing.mark.mark),
    }
