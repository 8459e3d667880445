"""The worker without walls: the same answers and limits.

No adversary of the system may run here: it would reach the developer's machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from praktikum.grader.sandbox import Crashed, Overflow, TimedOut, TrustedWorker, View


@pytest.fixture(scope="module")
def trusted(edition, limits) -> Iterator[TrustedWorker]:
    with TrustedWorker(View(edition), "handlers:run", limits) as started:
        yield started


def test_it_answers(trusted):
    with trusted.open() as session:
        assert session.ask(b"import praktikum; answer = praktikum.edition") == b'"student"'


def test_sessions_are_separate_processes(trusted):
    with trusted.open() as first, trusted.open() as second:
        code = b"import os; answer = os.getpid()"
        assert len({first.ask(code), second.ask(code), str(os.getpid()).encode()}) == 3


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (b"while True: pass", TimedOut),
        (b"import os; os._exit(1)", Crashed),
        (b"bytearray(2**30)", Crashed),
        (b"answer = 'x' * 5_000_000", Overflow),
    ],
    ids=["endless", "exit", "memory", "overflow"],
)
def test_it_ends_what_goes_too_far(trusted, code, failure):
    with trusted.open() as session, pytest.raises(failure):
        session.ask(code, wall_seconds=0.3)


def test_a_background_process_ends_with_its_session(trusted, tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with trusted.open() as session:
        code = (
            f"import os\nheld = os.open({str(pipe)!r}, os.O_WRONLY)\n"
            "if os.fork() == 0:\n  while True: pass"
        )
        session.ask(code.encode())
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b""  # the last writer is gone
    os.close(reader)
