"""The last minute before a deadline, on loopback: who hands in is let in, at once, and in time."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from praktikum.grader.sandbox import why_unavailable
from praktikum.site.classroom.models import Attempt, Grading, Job
from praktikum.site.people.models import User
from praktikum.site.place import Place

from .conftest import TASK
from .sites import Databases, connected
from .waiting import wait_until

UPLOADS = Path(__file__).with_name("uploads.py")
SECOND = dt.timedelta(seconds=1)
PADDING = 300_000  # bytes of a notebook's pictures


def sessions(count: int) -> list[str]:
    """Make as many students and return the keys of their sessions."""
    keys = []
    with transaction.atomic():
        for number in range(count):
            user = User.objects.create(username=f"student{number:03}")
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
            keys.append(str(session.session_key))
    return keys


def notebooks(folder: Path, count: int, solved: bytes) -> list[Path]:
    """Write as many notebooks, no two alike."""
    paths = [folder / f"{number}.ipynb" for number in range(count)]
    for path in paths:
        path.write_bytes(solved + b" " * PADDING + path.stem.encode().translate(_BLANKS))
    return paths


# A number as blanks, which JSON allows after a notebook: so each file has a digest of its own.
_BLANKS = bytes.maketrans(b"0123456789", b" \t\n\r \t\n\r \t")


@contextmanager
def served(place: Place) -> Iterator[str]:
    """Serve a site, with one worker, by ``praktikum serve``; give its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "praktikum.cli", "serve", "--port", str(port)]
    environment = os.environ | place.to_environment()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout is not None
        try:
            url = f"http://127.0.0.1:{port}/"
            assert any(url in line for line in site.stdout), "the site did not open"
            yield url
        finally:
            site.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("students", "seconds"),
    [(30, 3.6), pytest.param(500, 60.0, marks=pytest.mark.slow)],
    ids=["a few seconds of it", "the whole minute"],
)
def test_the_last_minute(
    students: int, seconds: float, databases: Databases, tmp_path: Path, solved_notebook: bytes
) -> None:
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    place = databases.new("sqlite", tmp_path, is_open=True)
    with connected(place), served(place) as url:
        files = notebooks(tmp_path, students + 1, solved_notebook)
        keys = sessions(students + 1)
        first, *others = (f"{key} {file}" for key, file in zip(keys, files, strict=True))
        hand_in([first], url, 0)
        assert wait_until(Grading.objects.exists, seconds=60)  # site and worker are awake
        answers = hand_in(others, url, seconds)
        assert {status for status, _, _ in answers} == {"302"}
        took = [float(duration) for _, _, duration in answers]
        assert statistics.quantiles(took, n=20)[-1] < 1.0  # p95, seconds
        assert_right_times(answers)
        assert wait_until(lambda: not Job.objects.exists(), seconds=600)
        assert_in_order(students + 1)


def hand_in(people: list[str], url: str, seconds: float) -> list[list[str]]:
    """Let people hand in over so many seconds; return what uploads.py tells of each."""
    done = subprocess.run(
        [sys.executable, str(UPLOADS), f"{url}course/tasks/{TASK}/", str(seconds)],
        input="\n".join(people),
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split() for line in done.stdout.splitlines()]


def assert_right_times(answers: list[list[str]]) -> None:
    """Each attempt came while its student was handing in."""
    attempts = Attempt.objects.order_by("student__username").values_list("received", flat=True)
    for received, (_, began, took) in zip(attempts[1:], answers, strict=True):
        start = dt.datetime.fromtimestamp(float(began), dt.UTC)
        assert start <= received <= start + float(took) * SECOND


def assert_in_order(count: int) -> None:
    """Nobody was graded before one who had come a second earlier."""
    order = list(Grading.objects.order_by("pk").values_list("attempt__received", flat=True))
    assert len(order) == count
    latest = order[0]
    for received in order:
        assert received > latest - SECOND
        latest = max(latest, received)
