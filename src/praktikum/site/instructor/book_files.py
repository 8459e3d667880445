"""The gradebook for a spreadsheet: CSV, and XLSX in which numbers are numbers.

Scores and marks are given as ``low`` and ``high``, equal where nothing is pending. What a student
could have written is never a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped]  # has no types

from praktikum.checks import Language
from praktikum.course.calendar import Course
from praktikum.grader.phrasing import plain
from praktikum.site.instructor.book import Book

__all__ = ["book_csv", "book_xlsx"]

Cell = str | int | Decimal | None
_WIDTHS = {0: 16, 1: 28}  # characters, of the columns with names


def book_csv(book: Book, course: Course, language: Language) -> bytes:
    """Return the rows as CSV in UTF-8, with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for line in _lines(book, course, language):
        writer.writerow([_as_text(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def book_xlsx(book: Book, course: Course, language: Language) -> bytes:
    """Return the rows as an Excel workbook with one sheet."""
    content = io.BytesIO()
    plain_text = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, plain_text) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 2)
        for column, width in _WIDTHS.items():
            sheet.set_column(column, column, width)
        for number, line in enumerate(_lines(book, course, language)):
            for column, cell in enumerate(line):
                value = float(cell) if isinstance(cell, Decimal) else cell
                sheet.write(number, column, value, None if number else bold)
        sheet.autofilter(0, 0, len(book), column)
    return content.getvalue()


def _lines(book: Book, course: Course, language: Language) -> Iterator[list[Cell]]:
    head: list[Cell] = ["student", "name"]
    for task in course.tasks:
        head += [f"{task.id}.low", f"{task.id}.high", f"{task.id}.days_late"]
    for value in ("points", "tasks", "mark"):
        head += [f"{value}.low", f"{value}.high"]
    yield head
    for user, row in book:
        line: list[Cell] = [user.username, user.name]
        for result in row.tasks:
            line += [result.low.total, result.high.total]
            line.append(result.low.days if result.handed_in else None)
        line += [row.low.points, row.high.points, row.low.tasks, row.high.tasks]
        line += [row.low.mark.mark[language], row.high.mark.mark[language]]
        yield line


def _as_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return plain(cell)
        case str() if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
            return f"'{cell}"
    return str(cell)
