"""The sandbox as an ordinary user starts it: in a user namespace, with no root to drop."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyseccomp
import pytest

from praktikum.grader import sandbox

SYSTEM_PYTHON = Path("/usr/bin/python3")
PROGRAM = """
import os, sys
from pathlib import Path
from praktikum.grader.sandbox import TimedOut, View, Worker, why_unavailable

assert os.geteuid() == 65534 and why_unavailable() is None, why_unavailable()
with Worker(View(Path(sys.argv[1])), "handlers:run") as worker:
    def ask(code, **how):
        with worker.open() as session:
            return session.ask(code.encode(), **how)
    print(ask("import os; answer = [os.getpid(), os.getuid(), os.listdir('/proc')]"))
    for code in ("import socket; socket.socket()", "import os; os.fork()", "open('/etc/passwd')"):
        print(ask(code))
    for folder in ("/", "/dev/", "/edition/"):  # this user owns them
        print(ask(f"open('{folder}planted', 'w')"))
    try:
        ask("while True: pass", wall_seconds=0.2)
    except TimedOut as error:
        print(error)
    print(ask("open('/tmp/of-its-own', 'w'); answer = 'next'"))
"""


def readable_by_all() -> bool:
    """Whether there is a Python new enough that every user may read."""
    check = [SYSTEM_PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return SYSTEM_PYTHON.exists() and subprocess.run(check, check=False).returncode == 0


@pytest.fixture
def library(edition: Path) -> Iterator[Path]:
    """The sandbox alone and the edition, where another user may read them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        room = folder / "praktikum" / "grader"
        shutil.copytree(Path(sandbox.__file__).parent, room / "sandbox")
        shutil.copytree(edition, folder / "edition")
        shutil.copy(pyseccomp.__file__, folder)
        for package in (room, room.parent):
            (package / "__init__.py").touch()
        yield folder


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all the other tests so")
@pytest.mark.skipif(not readable_by_all(), reason="needs Python 3.11 in /usr/bin")
@pytest.mark.usefixtures("isolated")
def test_an_ordinary_user_gets_the_same_walls(library):
    finished = subprocess.run(
        [
            *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
            *(SYSTEM_PYTHON, "-c", PROGRAM, library / "edition"),
        ],
        env={"PYTHONPATH": str(library), "PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stderr == ""
    assert finished.stdout.splitlines() == [
        "b'[1, 65534, []]'",
        "b'\"PermissionError\"'",
        "b'\"PermissionError\"'",
        "b'\"FileNotFoundError\"'",
        "b'\"OSError\"'",
        "b'\"OSError\"'",
        "b'\"OSError\"'",
        "no answer within 0.2 s of wall time",
        "b'\"next\"'",
    ]
