"""What a session may use, and what is told when it wants more.

Every adversary here stops by itself, far beyond its limit: a broken wall must not harm a machine.
"""

from __future__ import annotations

import json

import pytest

from praktikum.grader.sandbox import Crashed, Limits, View


@pytest.mark.parametrize(
    "take",
    [
        "bytearray(2**24)",
        "mmap.mmap(-1, 2**24)",
        "mmap.mmap(-1, 2**24, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)",
    ],
    ids=["heap", "mapping", "shared mapping"],
)
def test_memory_ends_at_the_limit(run, limits, take):
    code = (
        "import mmap\nheld = []\ntry:\n"
        f"  for _ in range(64): held.append({take})\n"
        "except (MemoryError, OSError): pass\nanswer = len(held) * 2**24"
    )
    taken = int(run(code))
    assert 0.5 * limits.memory_bytes < taken <= limits.memory_bytes


def test_a_memory_error_that_gets_out_is_told_as_memory(isolated, edition, limits):
    with (
        isolated(View(edition), "handlers:hog", limits) as worker,
        worker.open() as session,
        pytest.raises(Crashed, match="used more memory than allowed") as crash,
    ):
        session.ask(b"")
    assert crash.value.reason == "memory"


def test_an_endless_computation_ends_at_the_cpu_limit(isolated, edition):
    with (
        isolated(View(edition), "handlers:run", Limits(cpu_seconds=1)) as worker,
        worker.open() as session,
        pytest.raises(Crashed, match="used more CPU time than allowed") as crash,
    ):
        session.ask(b"while True: pass", wall_seconds=30)
    assert crash.value.reason == "cpu"


def test_threads_end_at_the_limit(run, limits):
    code = (
        "import threading\nstop = threading.Event()\nstarted = 1\ntry:\n"
        "  for _ in range(1000): threading.Thread(target=stop.wait).start(); started += 1\n"
        "except RuntimeError: answer = started\nstop.set()"
    )
    assert int(run(code)) == limits.threads


def test_a_fork_bomb_has_no_first_fork(run):
    code = (
        "import os\nforks = 0\n"
        "for _ in range(1000):\n"
        "  try:\n    if os.fork() == 0: os._exit(0)\n    forks += 1\n"
        "  except PermissionError: pass\n"
        "answer = forks"
    )
    assert run(code) == b"0"


def test_a_file_ends_at_its_limit(run, limits):
    code = (
        "import os\nfile = os.open('/tmp/big', os.O_CREAT | os.O_WRONLY)\ntry:\n"
        "  for _ in range(1000): os.write(file, bytes(65536))\n"
        "except OSError as error: answer = [error.errno, os.fstat(file).st_size]"
    )
    assert json.loads(run(code)) == [27, limits.file_bytes]  # EFBIG


def test_files_together_end_at_the_size_of_tmp(run, limits):
    code = (
        "import os, errno\nwritten = 0\ntry:\n"
        "  for n in range(64):\n"
        "    with open(f'/tmp/{n}', 'wb', buffering=0) as f: written += f.write(bytes(2**20))\n"
        "except OSError as error: answer = [error.errno, written]"
    )
    error, written = json.loads(run(code))
    assert error == 28  # ENOSPC
    assert written <= limits.tmp_bytes


def test_the_number_of_files_is_bounded(run):
    code = (
        "made = 0\ntry:\n"
        "  for n in range(100_000): open(f'/tmp/{n}', 'w').close(); made += 1\n"
        "except OSError: answer = made"
    )
    assert int(run(code)) < 5000


def test_open_files_end_at_the_limit(run, limits):
    code = (
        "import os\nlast = 0\ntry:\n  for _ in range(1000): last = os.dup(0)\n"
        "except OSError: answer = last"
    )
    assert int(run(code)) == limits.open_files - 1


@pytest.mark.parametrize("kind", ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_FSIZE"])
def test_a_limit_cannot_be_raised(run, kind):
    code = (
        f"import resource as r\nsoft, hard = r.getrlimit(r.{kind})\n"
        f"try: r.setrlimit(r.{kind}, (soft, hard + 1)); answer = 'raised'\n"
        "except (ValueError, OSError): answer = 'kept' if soft == hard else 'soft'"
    )
    assert run(code) == b'"kept"'


@pytest.mark.parametrize("name", ["memory_bytes", "cpu_seconds", "wall_seconds", "threads"])
def test_a_limit_must_be_positive(name):
    with pytest.raises(ValueError, match=f"{name}=0 must be positive"):
        Limits(**{name: 0})


def test_an_answer_must_fit_a_frame():
    with pytest.raises(ValueError, match=r"result_bytes=4294967296 must be below 2\*\*32"):
        Limits(result_bytes=2**32)
