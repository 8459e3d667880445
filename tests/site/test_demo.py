"""The demo: a course under way, a class of 24 with works to grade, a password made for it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

from praktikum.course.content import Content, find_course
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.models import Appeal, Attempt, Extension, HandPoints, Job
from praktikum.site.demo import make_up_site
from praktikum.site.demo_course import moved_course
from praktikum.site.people.models import Role, User

from .conftest import TOY

NOW = dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize("days", range(7))
def test_the_open_deadline_is_three_to_ten_days_ahead(days: int, tmp_path: Path) -> None:
    now, path = NOW + dt.timedelta(days=days), tmp_path / "course.toml"
    toy = Content(TOY)
    moved_course(toy, path, now)
    moved = Content(path)
    due, before = moved.course.task("t1_toy").due, toy.course.task("t1_toy").due
    assert dt.timedelta(days=3) <= due - now <= dt.timedelta(days=10)
    assert (due.weekday(), due.time()) == (before.weekday(), before.time())
    assert moved.units.keys() == toy.units.keys()


@pytest.fixture(scope="module")
def first_task_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course with no unit but task 1, whose deadline is over by NOW."""
    path = tmp_path_factory.mktemp("demo") / "course.toml"
    moved_course(Content(find_course(Path(__file__))), path, NOW)
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("unit") or "t1_numpy_mlp" in line]
    path.write_text("\n".join(kept), "utf-8")
    return path


def test_a_class_of_24_waits_for_the_grader(db: None, first_task_only: Path) -> None:
    loaded = course_now(first_task_only)
    accounts = make_up_site(loaded, NOW)
    roles = Counter(User.objects.values_list("role", flat=True))
    assert roles == {Role.STUDENT: 24, Role.ASSISTANT: 2, Role.INSTRUCTOR: 1}
    assert Attempt.objects.values("student").distinct().count() == 24
    assert Job.objects.count() == Attempt.objects.count() == 28
    assert all(attempt.received <= NOW for attempt in Attempt.objects.all())
    assert HandPoints.objects.exists()
    assert Extension.objects.count() == Appeal.objects.count() == 1
    for name in (accounts.instructor, accounts.assistant, accounts.student):
        assert User.objects.get(username=name).check_password(accounts.password)
    assert re.fullmatch(r"[\w-]{12}", accounts.password)
