"""Whatever happens to workers and database, each attempt is graded, and once.

On SQLite and on PostgreSQL: real processes, the real sandbox, SIGKILL at random moments.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connections
from django_tasks_db.models import DBTaskResult

from praktikum.grader.attempt_file import attempt_to_json
from praktikum.grader.sandbox import why_unavailable
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.intake import take_in
from praktikum.site.classroom.models import Attempt, Grading, Job
from praktikum.site.grading.desk import Desk
from praktikum.site.people.models import User
from praktikum.site.place import Place

from .conftest import NOW, TASK
from .postgresql import Server
from .sites import Databases, connected

_UPLOADS = 20
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Site:
    """A site of its own, to which this process is connected, too."""

    place: Place

    def run(self, *words: object) -> None:
        """Run killed_workers.py on it, to its end."""
        self.start(*words).communicate(timeout=120)

    def start(self, *words: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(HERE / "killed_workers.py"), *map(str, words)]
        return subprocess.Popen(command, env=os.environ | self.place.to_environment())


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Site]:
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    place = databases.new(request.param, tmp_path, is_open=True)
    with connected(place):
        yield Site(place)


def hand_in(count: int, content: bytes) -> list[Attempt]:
    """Hand in for as many students, of whom no two have the same file."""
    attempts = []
    for number in range(count):
        student = User.objects.create(username=f"student{number}")
        own = content.replace(b'"cells": [', b'"cells": [' + b" " * number, 1)
        attempts.append(take_in(course_now(), student, TASK, "task1.ipynb", own, NOW))
    return attempts


def graded_in_peace(place: Place, monkeypatch: pytest.MonkeyPatch) -> dict[int, object]:
    """What a grading without any disturbance finds, by attempt."""
    monkeypatch.setattr(settings, "PLACE", place)  # the same secret, so the same seeds
    with Desk() as desk:
        return {
            attempt.pk: attempt_to_json(desk.grade(attempt)[0])
            for attempt in Attempt.objects.select_related("student", "file")
        }


def test_killed_workers_lose_nothing_and_grade_nothing_twice(
    site: Site, solved_notebook: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = hand_in(8, solved_notebook)
    site.run(7, 10, 1)  # seed, kills, workers
    assert not Job.objects.exists()
    found = {grading.attempt_id: grading.facts for grading in Grading.objects.all()}
    assert Grading.objects.count() == len(attempts)
    assert plain(found) == plain(graded_in_peace(site.place, monkeypatch))


def test_two_workers_never_take_the_same_attempt(site: Site, solved_notebook: bytes) -> None:
    attempts = hand_in(12, solved_notebook)
    site.run(7, 0, 2)
    assert Grading.objects.count() == len(attempts)
    messages = DBTaskResult.objects.all()
    assert [message.return_value for message in messages] == ["graded"] * len(attempts)
    assert len({tuple(message.worker_ids) for message in messages}) == 2


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_a_restart_of_the_database_under_load_loses_nothing(
    site: Site, server: Server, solved_notebook: bytes
) -> None:
    hand_in(6, solved_notebook)
    load = Load(solved_notebook)
    workers = site.start(7, 2, 1)
    load.start()
    load.under_way.wait(30)
    server.restart()
    connections.close_all()
    load.join()
    workers.communicate(timeout=120)
    assert set(load.accepted) <= set(Attempt.objects.values_list("pk", flat=True))
    assert Grading.objects.count() == Attempt.objects.count() >= 6 + len(load.accepted)
    assert not Job.objects.exists()


class Load(threading.Thread):
    """Hands in again and again; what the database refuses was not accepted."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.accepted: list[int] = []
        self.under_way = threading.Event()
        self._content = content

    def run(self) -> None:
        student = User.objects.get(username="student0")
        for number in range(_UPLOADS):
            own = self._content + b" " * number
            try:
                attempt = take_in(course_now(), student, TASK, "task1.ipynb", own, NOW)
            except DatabaseError:
                connections.close_all()
            else:
                self.accepted.append(attempt.pk)
            if number == 5:
                self.under_way.set()
        connections.close_all()


def plain(facts: dict[int, object]) -> object:
    """What is left of facts in JSON."""
    return json.loads(json.dumps(facts))
