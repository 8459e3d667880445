"""A backup holds every fact, and goes back into either kind of database."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db import connection

from praktikum.site.backup import BackupError, back_up, restore
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.intake import take_in
from praktikum.site.classroom.ledger import rows_of
from praktikum.site.classroom.models import Extension, HandPoints, Job
from praktikum.site.grading.queue import recover
from praktikum.site.grading.secret import grading_secret
from praktikum.site.people.models import Role, User

from .conftest import NOW, TASK, store_grading
from .sites import Databases, connected

Enter = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def enter(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Turns this process to a new site of a kind, whose doors are open or which has nothing yet."""

    @contextmanager
    def turn(kind: str, *, is_open: bool) -> Iterator[None]:
        folder = tmp_path / ("open" if is_open else "empty")
        folder.mkdir()
        place = databases.new(kind, folder, is_open=is_open)
        monkeypatch.setattr(settings, "PLACE", place)
        with connected(place):
            yield

    return turn


def fill() -> None:
    """Put a fact of each kind that people make into a site."""
    student = User.objects.create(username="petrova", name="Анна Петрова")
    teacher = User.objects.create(username="teacher", role=Role.INSTRUCTOR)
    attempt = take_in(course_now(), student, TASK, "a.py", b"\x00\xff\nprint()", NOW)
    store_grading(attempt, ("the_mean",))
    take_in(course_now(), student, TASK, "b.py", b"later", NOW)
    said = {"student": student, "task": TASK, "by": teacher, "at": NOW}
    HandPoints.objects.create(**said, part="words", points="2.50", comment="«да»", attempt=attempt)
    Extension.objects.create(**said, until=NOW)


def facts() -> list[object]:
    """Every row of the site, as plain data."""
    rows: list[object] = []
    for label in ("people", "classroom"):
        for model in apps.get_app_config(label).get_models():
            rows += json.loads(serializers.serialize("json", model._base_manager.order_by("pk")))
    return rows


@pytest.mark.parametrize(
    ("here", "there"),
    [("sqlite", "postgresql"), ("postgresql", "sqlite")],
    ids=["to PostgreSQL", "from PostgreSQL"],
)
def test_everything_comes_back(here: str, there: str, enter: Enter, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    with enter(here, is_open=True):
        fill()
        secret, before, rows = grading_secret(), facts(), back_up(file, NOW)
        [(_, marks)] = rows_of(course_now(), NOW, User.objects.filter(username="petrova"))
    with enter(there, is_open=False):
        assert restore(file) == rows == len(before)
        assert facts() == before
        assert grading_secret() == secret
        [(student, row)] = rows_of(course_now(), NOW, User.objects.filter(username="petrova"))
        assert row == marks
        assert recover(NOW) == Job.objects.count() == 1  # what waited is queued again
        take_in(course_now(), student, TASK, "c.py", b"new", NOW)  # numbers go on after the old
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_site_in_use_is_not_overwritten(enter: Enter, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    with enter("sqlite", is_open=True):
        fill()
        back_up(file, NOW)
        before = facts()
        with pytest.raises(BackupError, match="in use"):
            restore(file)
        assert facts() == before


def test_a_secret_that_is_there_is_not_overwritten(enter: Enter, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    with enter("sqlite", is_open=True):
        fill()
        back_up(file, NOW)
    with enter("sqlite", is_open=False):
        grading_secret()
        with pytest.raises(BackupError, match="another secret"):
            restore(file)
        assert not User.objects.exists()


def damaged(file: Path, how: str) -> None:
    content = file.read_bytes()
    if how == "cut":
        file.write_bytes(content[:-40])
    elif how == "no archive":
        file.write_bytes(b"praktikum")
    else:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["facts.jsonl"] = members["facts.jsonl"].replace(b'"2.50"', b'"4.00"')
        with zipfile.ZipFile(file, "w") as archive:
            for name, member in members.items():
                archive.writestr(name, member)


@pytest.mark.parametrize("how", ["cut", "no archive", "points changed"])
def test_a_damaged_file_is_refused_and_changes_nothing(
    how: str, enter: Enter, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    with enter("sqlite", is_open=True):
        fill()
        back_up(file, NOW)
    damaged(file, how)
    with enter("sqlite", is_open=False):
        with pytest.raises(BackupError, match="no whole backup|not what was backed up"):
            restore(file)
        assert not connection.introspection.table_names()


def test_a_backup_that_fails_leaves_the_one_before(
    enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup.zip"
    file.write_bytes(b"the one before")

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("praktikum.site.backup._pack", fail)
    with enter("sqlite", is_open=True):
        fill()
        with pytest.raises(OSError, match="full"):
            back_up(file, NOW)
    assert file.read_bytes() == b"the one before"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["backup.zip"]
