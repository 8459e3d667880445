"""No judgement is stored: a changed rule, deadline or extension changes every mark at once."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from praktikum.site.classroom.course import course_now, record_version
from praktikum.site.classroom.ledger import row_of, rows_of
from praktikum.site.classroom.models import (
    CourseVersion,
    Extension,
    Grading,
    HandPoints,
    OutsideScore,
    Publication,
)
from praktikum.site.people.models import User

from .conftest import NOW, TASK, TOY

Graded = Callable[..., Grading]
LATE = dt.datetime(2023, 3, 16, 12, tzinfo=dt.UTC)  # two started days


@pytest.fixture
def course_file(tmp_path: Path) -> Path:
    """A copy of the toy course that a test may change."""
    return Path(shutil.copytree(TOY.parent, tmp_path / "course")) / "course.toml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def total(path: Path, student: User) -> Decimal:
    row = row_of(course_now(path), LATE, student)
    return row.low.points


def test_every_mark_follows_a_rule(student: User, graded: Graded, course_file: Path) -> None:
    graded(student, ("the_mean", "the_scale", "both"), LATE)
    assert total(course_file, student) == 4
    change(course_file, "per_day = 1", "per_day = 2.5")
    assert total(course_file, student) == 1
    change(course_file, "due = 2023-03-14T23:59:00", "due = 2023-03-15T23:59:00")
    assert total(course_file, student) == Decimal("3.5")


def test_points_of_a_part_follow_its_file(student: User, graded: Graded, course_file: Path) -> None:
    graded(student, ("the_mean",))
    change(
        course_file.parent / "tasks/t1_toy/checks.py",
        '"numbers", points="2"',
        '"numbers", points="1"',
    )
    change(course_file.parent / "tasks/t1_toy/task.toml", "points = 6", "points = 3")
    change(
        course_file.parent / "tasks/t1_toy/task.toml",
        "points = 4\nby_hand = 4",
        "points = 7\nby_hand = 7",
    )
    assert total(course_file, student) == 1


def test_a_broken_course_file_leaves_the_one_before_in_force(
    student: User, graded: Graded, course_file: Path
) -> None:
    graded(student, ("the_mean",))
    assert total(course_file, student) == 2
    change(course_file, "per_day = 1", "per_day = -1")
    assert total(course_file, student) == 2
    assert "per_day" in course_now(course_file).problem
    change(course_file, "per_day = -1", "per_day = 1")
    assert not course_now(course_file).problem


def test_each_version_of_the_course_is_kept(db: None, course_file: Path) -> None:
    before = CourseVersion.objects.count()
    for rule in ("per_day = 1", "per_day = 2", "per_day = 2", "per_day = 1"):
        course_file.write_text(TOY.read_text("utf-8").replace("per_day = 1", rule), "utf-8")
        record_version(course_now(course_file), NOW)
    kept = list(CourseVersion.objects.all())[before:]
    assert ["per_day = 2" in version.text for version in kept] == [False, True, False][-len(kept) :]


def test_the_newest_word_of_people_counts(student: User, assistant: User, graded: Graded) -> None:
    graded(student, ("the_mean",), LATE)
    said = {"student": student, "task": TASK, "by": assistant, "at": NOW}
    loaded = course_now()

    def low() -> Decimal:
        return row_of(loaded, LATE, student).low.points

    assert low() == 0
    HandPoints.objects.create(**said, part="words", points=1)
    HandPoints.objects.create(**said, part="words", points=4)
    assert low() == 4
    HandPoints.objects.create(**said, part="words", points=None)
    assert low() == 0
    Extension.objects.create(**said, until=LATE)
    assert low() == 2
    OutsideScore.objects.create(**said, points=9)
    assert low() == 9


def test_no_points_are_points_too(student: User, assistant: User, graded: Graded) -> None:
    graded(student)
    said = {"student": student, "task": TASK, "by": assistant, "at": NOW}
    assert not row_of(course_now(), NOW, student).tasks[0].exact
    HandPoints.objects.create(**said, part="words", points=0)
    assert row_of(course_now(), NOW, student).tasks[0].exact


def test_of_several_attempts_the_best_counts(student: User, graded: Graded) -> None:
    graded(student, ("the_mean", "the_scale"))
    graded(student, ())
    assert row_of(course_now(), LATE, student).low.points == 4


def test_namesakes_are_different_people(person: Callable[..., User], graded: Graded) -> None:
    first, second = person("ivanov1", name="Иван Иванов"), person("ivanov2", name="Иван Иванов")
    graded(first, ("the_mean",))
    rows = rows_of(course_now(), NOW, [first, second])
    assert [row.low.points for _, row in rows] == [2, 0]


def test_the_newest_publication_of_a_task_counts(instructor: User) -> None:
    for task, shown in (("a", False), ("b", False), ("a", True)):
        Publication.objects.create(task=task, shown=shown, by=instructor, at=NOW)
    assert Publication.held_back() == {"b"}
