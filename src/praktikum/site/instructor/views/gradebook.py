"""The gradebook: on a page, and for a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from praktikum.grader.gradebook import Row, TaskResult
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.classroom.ledger import rows_of
from praktikum.site.classroom.models import Attempt, Publication
from praktikum.site.instructor.book import SHOWN, Book, Query
from praktikum.site.instructor.book_files import book_csv, book_xlsx
from praktikum.site.people.access import only, students_for, user_of
from praktikum.site.people.models import Role, User
from praktikum.site.phrasing_tags import language
from praktikum.site.student.downloads import download

__all__ = ["export", "gradebook"]


@dataclass(frozen=True, slots=True)
class _Column:
    """A heading: where it leads, and whether the rows are sorted by it, and how."""

    key: str
    link: str
    sorted: str  # "ascending", "descending" or "none", as ARIA calls it


@require_GET
@only(Role.ASSISTANT, Role.INSTRUCTOR)
def gradebook(request: HttpRequest) -> HttpResponse:
    """Every student's score at every task, the sum and the mark; sorted and filtered."""
    loaded, query, book = _asked(request)
    reports = _reports(loaded, [user for user, _ in book])
    tasks = [task.id for task in loaded.course.tasks]
    columns = {each: _column(request, query, each) for each in ("name", *tasks, "points", "mark")}
    values = {
        "course": loaded.course,
        "lines": [(user, row, list(_cells(row, user, reports))) for user, row in book],
        "name_column": columns["name"],
        "task_columns": [(task, columns[task.id]) for task in loaded.course.tasks],
        "points_column": columns["points"],
        "mark_column": columns["mark"],
        "problem": loaded.problem,
        "query": query,
        "shown": SHOWN,
        "held_back": Publication.held_back(),
        "address": urlencode({k: v for k, v in request.GET.items() if v}),
    }
    return render(request, "instructor/gradebook.html", values)


@require_GET
@only(Role.INSTRUCTOR)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same rows in the same order as a file."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    loaded, _, book = _asked(request)
    write = book_csv if kind == "csv" else book_xlsx
    content = write(book, loaded.course, language())
    record(user_of(request), Verb.EXPORTED, kind, timezone.now(), rows=len(book))
    return download(f"gradebook.{kind}", content)


def _asked(request: HttpRequest) -> tuple[LoadedCourse, Query, Book]:
    loaded, now = course_now(), timezone.now()
    query = Query.of(request.GET, [task.id for task in loaded.course.tasks])
    book = rows_of(loaded, now, students_for(user_of(request)))
    return loaded, query, query.apply(book, now)


def _reports(
    loaded: LoadedCourse, students: list[User]
) -> dict[tuple[str, str, dt.datetime], UUID]:
    """Return by which public name an attempt's report is reached."""
    attempts = Attempt.objects.filter(student__in=students, task__in=loaded.packs)
    found = attempts.values_list("student__username", "task", "received", "public")
    return {(student, task, received): public for student, task, received, public in found}


def _cells(
    row: Row, user: User, reports: dict[tuple[str, str, dt.datetime], UUID]
) -> Iterator[tuple[TaskResult, UUID | None]]:
    """Yield each task's result with the public name of the attempt that counts."""
    for result in row.tasks:
        attempt = result.attempt
        key = (user.username, result.task.id, attempt.received) if attempt else None
        yield result, reports.get(key) if key else None


def _column(request: HttpRequest, query: Query, key: str) -> _Column:
    is_sorted = query.sort == key
    # Points are of interest from the top, names from the beginning.
    down = not query.descending if is_sorted else key != "name"
    given = {name: value for name, value in request.GET.items() if name not in ("sort", "down")}
    link = urlencode(given | {"sort": key} | ({"down": "1"} if down else {}))
    way = "descending" if query.descending else "ascending"
    return _Column(key, f"?{link}", way if is_sorted else "none")
