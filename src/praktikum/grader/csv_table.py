"""Tables that people write in a spreadsheet: CSV in UTF-8 with a line of column names.

The delimiter is a comma or a semicolon, as the first line has it. Columns that are not known are
mistakes. All mistakes of a table are told at once, each in one line with its file and line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable
from typing import TypeVar

from praktikum.grader.facts import FactsError

__all__ = ["Row", "each_once", "read_rows"]

T = TypeVar("T")
Row = dict[str, str]


def read_rows(
    name: str,
    content: bytes,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    read: Callable[[Row], T],
) -> list[tuple[int, T]]:
    """Return what ``read`` makes of each row that is not empty, with the number of its line.

    Args:
        name: of the table, for messages.
        content: its bytes.
        required: the columns that must be there and filled.
        optional: those that may be there.
        read: gets a row's trimmed cells by column, and raises ValueError at what is wrong there.

    Raises:
        FactsError: with every mistake of the table.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wanted = "save it as 'CSV UTF-8'"
        raise FactsError([f"{name}: is not in UTF-8 (byte {error.start}): {wanted}"]) from error
    first_line = text.partition("\n")[0]
    delimiter = ";" if ";" in first_line else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, T]] = []
    problems: list[str] = []
    try:
        columns = _columns(name, next(lines, []), required, optional)
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                found.append((lines.line_num, read(_row(columns, cells, required))))
            except ValueError as error:
                problems.append(f"{name}:{lines.line_num}: {error}")
    except csv.Error as error:
        problems.append(f"{name}:{lines.line_num}: is not CSV: {error}")
    if problems:
        raise FactsError(problems)
    return found


def each_once(name: str, rows: list[tuple[int, T]], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """Return the rows' facts.

    Raises:
        FactsError: two of them have the same key.
    """
    lines: dict[Hashable, int] = {}
    problems = [
        f"{name}:{line}: says again what line {lines[key(fact)]} says"
        for line, fact in rows
        if lines.setdefault(key(fact), line) != line
    ]
    if problems:
        raise FactsError(problems)
    return tuple(fact for _, fact in rows)


def _columns(
    name: str, head: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> list[str]:
    columns = [column.strip().lower() for column in head]
    known = ", ".join(required + tuple(f"{column} (optional)" for column in optional))
    problems = [f"there is no column {column!r}" for column in required if column not in columns]
    for place, column in enumerate(columns):
        if column not in required + optional:
            problems.append(f"the column {column!r} is not known")
        elif column in columns[:place]:
            problems.append(f"the column {column!r} stands twice")
    if problems:
        raise FactsError(f"{name}:1: {problem}; the columns are {known}" for problem in problems)
    return columns


def _row(columns: list[str], cells: list[str], required: tuple[str, ...]) -> Row:
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} cells, wanted {len(columns)}: {', '.join(columns)}")
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    if empty := [column for column in required if not row[column]]:
        raise ValueError(f"{empty[0]}: is empty")
    return row
