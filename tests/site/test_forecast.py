"""What handing in now would bring, worked out by hand on the toy course (a point a day late)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from praktikum.course.calendar import Course
from praktikum.grader.gradebook import Ledger, Row
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.ledger import row_of
from praktikum.site.classroom.models import Extension, Grading, OutsideScore, Publication
from praktikum.site.people.models import User
from praktikum.site.student.forecast import forecast

from .conftest import NOW, TASK

Graded = Callable[..., Grading]
DUE = dt.datetime(2023, 3, 14, 21, tzinfo=dt.UTC)  # 0:00 of the 15th in Moscow: it closes
HOUR = dt.timedelta(hours=1)
BONUS = Decimal(3)


@pytest.fixture
def course(loaded: LoadedCourse) -> Course:
    return loaded.course


@pytest.fixture
def nothing(loaded: LoadedCourse) -> Row:
    """The row of somebody who has handed in nothing."""
    return Ledger(loaded.course, loaded.units, NOW).row("petrova", [])


@pytest.mark.parametrize(
    ("now", "expected", "score", "mark"),
    [
        (DUE - HOUR, "10", "10", "pass"),
        (DUE, "10", "9", "pass"),
        (DUE + 23 * HOUR, "10", "9", "pass"),
        (DUE + 24 * HOUR, "10", "8", "pass"),
        (DUE + 24 * HOUR, "7.5", "5.5", "fail"),
        (DUE + 100 * 24 * HOUR, "10", "0", "fail"),
        (DUE, "12.5", "11.5", "pass"),  # 2.5 of them bonus
        (DUE - HOUR, "99", "13", "pass"),  # no more than there is
        (DUE - HOUR, "-5", "0", "fail"),
    ],
)
def test_lateness_is_taken_from_what_is_expected(
    course: Course, nothing: Row, now: dt.datetime, expected: str, score: str, mark: str
) -> None:
    found = forecast(course, nothing, TASK, BONUS, now, Decimal(expected))
    assert found.handed_in.total == Decimal(score)
    assert (found.standing.points, found.standing.mark.mark.en) == (Decimal(score), mark)


def test_all_points_are_expected_unless_told(course: Course, nothing: Row) -> None:
    assert forecast(course, nothing, TASK, BONUS, NOW).expected == 10


@pytest.mark.parametrize(
    ("now", "until"), [(NOW, DUE), (DUE, DUE + 24 * HOUR), (DUE + 30 * HOUR, DUE + 48 * HOUR)]
)
def test_it_is_told_when_more_is_taken(
    course: Course, nothing: Row, now: dt.datetime, until: dt.datetime
) -> None:
    assert forecast(course, nothing, TASK, BONUS, now).until == until


@pytest.mark.parametrize(("counts", "task"), [("best", 4), ("last", 1)])
def test_an_attempt_before_counts_as_the_course_says(
    loaded: LoadedCourse, student: User, graded: Graded, counts: str, task: int
) -> None:
    graded(student, ("the_mean", "the_scale"))
    rules = replace(loaded.course.rules, attempts=counts)
    row = row_of(loaded, NOW, student)
    found = forecast(replace(loaded.course, rules=rules), row, TASK, BONUS, NOW, Decimal(1))
    assert (found.handed_in.total, found.task.total, found.standing.points) == (1, task, task)


def test_an_extension_is_heeded(loaded: LoadedCourse, student: User, instructor: User) -> None:
    until = DUE + 5 * 24 * HOUR
    Extension.objects.create(student=student, task=TASK, until=until, by=instructor, at=NOW)
    row = row_of(loaded, DUE + HOUR, student)
    assert forecast(loaded.course, row, TASK, BONUS, DUE + HOUR).handed_in.total == 10


def test_a_score_from_elsewhere_stays(
    loaded: LoadedCourse, student: User, instructor: User
) -> None:
    OutsideScore.objects.create(student=student, task=TASK, points=5, by=instructor, at=NOW)
    row = row_of(loaded, NOW, student)
    assert forecast(loaded.course, row, TASK, BONUS, NOW).task.total == 5


def test_the_page_counts_with_what_is_asked(student: User, browser: Callable[..., Client]) -> None:
    page = browser(student).get(f"/course/tasks/{TASK}/?points=7,25").text
    assert 'value="10"' in page  # a comma is no number here: the page goes on with all points
    page = browser(student).get(f"/course/tasks/{TASK}/?points=7.25").text
    assert 'value="7.25"' in page


def test_nothing_is_forecast_of_scores_that_are_held_back(
    student: User, instructor: User, browser: Callable[..., Client]
) -> None:
    Publication.objects.create(task=TASK, shown=False, by=instructor, at=NOW)
    assert "If you hand in today" not in browser(student).get(f"/course/tasks/{TASK}/").text
