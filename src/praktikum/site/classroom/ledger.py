"""Stored facts become the grader's, and the grader computes: scores, penalties, marks, reports.

In the grader's facts a student is the ``username``, which never changes and so gives the same
seeds for ever; what people read has the name instead.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from praktikum.grader import facts
from praktikum.grader.attempt_file import attempt_from_json
from praktikum.grader.gradebook import Ledger, Row
from praktikum.grader.report import Report, make_report
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.models import (
    Extension,
    Grading,
    HandPoints,
    OutsideScore,
    Round,
)
from praktikum.site.people.models import User

__all__ = ["attempt_facts", "open_ledger", "report_on", "row_of", "rows_of"]


def open_ledger(loaded: LoadedCourse, now: dt.datetime, students: Iterable[User]) -> Ledger:
    """Return the ledger with what people gave these students."""
    ids = [student.pk for student in students]
    return Ledger(
        loaded.course,
        loaded.units,
        now,
        list(_hand_points(ids)),
        [
            facts.Extension(each.student.username, each.task, each.until)
            for each in Extension.objects.filter(student__in=ids).select_related("student")
        ],
        [
            facts.OutsideScore(
                each.student.username, each.task, each.points, each.bonus, each.received
            )
            for each in OutsideScore.objects.filter(student__in=ids).select_related("student")
        ],
    )


def attempt_facts(grading: Grading) -> facts.Attempt:
    """Return the graded attempt as the grader knows it."""
    return attempt_from_json(grading.facts)


def rows_of(
    loaded: LoadedCourse, now: dt.datetime, students: Iterable[User], also: Round | None = None
) -> list[tuple[User, Row]]:
    """Return each student's row of the gradebook, in the order of names.

    With a round ``also``, as they would be if it were applied.
    """
    everybody = sorted(students, key=lambda student: (student.name, student.username))
    ledger = open_ledger(loaded, now, everybody)
    attempts: dict[int, list[facts.Attempt]] = defaultdict(list)
    current = Grading.objects.current(also).filter(attempt__student__in=[s.pk for s in everybody])
    for grading in current.select_related("attempt"):
        attempts[grading.attempt.student_id].append(attempt_facts(grading))
    return [(student, ledger.row(student.username, attempts[student.pk])) for student in everybody]


def row_of(loaded: LoadedCourse, now: dt.datetime, student: User) -> Row:
    """Return one student's row."""
    [(_, row)] = rows_of(loaded, now, [student])
    return row


def report_on(loaded: LoadedCourse, now: dt.datetime, grading: Grading) -> Report:
    """Return the report on a graded attempt, under the student's name."""
    student = grading.attempt.student
    report = make_report(open_ledger(loaded, now, [student]), attempt_facts(grading))
    return replace(report, attempt=replace(report.attempt, student=student.name))


def _hand_points(ids: list[int]) -> Iterator[facts.HandPoints]:
    """Give the points that count: the newest row on a part, unless it takes the points back."""
    newest: dict[tuple[int, str, str], HandPoints] = {}
    for each in HandPoints.objects.filter(student__in=ids).select_related("student"):
        newest[each.student_id, each.task, each.part] = each
    for each in newest.values():
        if each.points is not None:
            yield facts.HandPoints(
                each.student.username, each.task, each.part, each.points, each.comment
            )
