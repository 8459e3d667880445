"""A sandbox leaves nothing behind: no process, no descriptor, whatever ends it."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from praktikum.grader.sandbox import Crashed, View

HOST = """
import sys
from pathlib import Path
from praktikum.grader.sandbox import View, Worker

with Worker(View(Path(sys.argv[1])), "handlers:run") as worker, worker.open() as session:
    print("open", flush=True)
    session.ask(b"while True: pass", wall_seconds=60)
"""


def descendants(pid: int) -> set[int]:
    """The numbers, on the host, of all processes below `pid`; a vanished one has none."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        text = " ".join((task / "children").read_text() for task in tasks)
    except (FileNotFoundError, ProcessLookupError):
        return set()
    children = {int(number) for number in text.split()}
    return children.union(*map(descendants, children))


def wait_for_end(pidfd: int, milliseconds: int = 10_000) -> bool:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(milliseconds))


def open_descriptors() -> set[str]:
    gc.collect()
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_a_closed_session_leaves_no_process(worker):
    worker.open().close()
    before = descendants(os.getpid())
    with worker.open() as session:
        session.ask(b"answer = 1")
        assert len(descendants(os.getpid())) == len(before) + 1
    assert descendants(os.getpid()) == before


def test_a_crashed_session_leaves_no_process(worker):
    worker.open().close()
    before = descendants(os.getpid())
    with worker.open() as session, pytest.raises(Crashed):
        session.ask(b"import os; os._exit(1)")
    assert descendants(os.getpid()) == before


def test_a_closed_worker_leaves_no_process_and_no_descriptor(isolated, edition):
    processes, descriptors = descendants(os.getpid()), open_descriptors()
    with isolated(View(edition), "handlers:run") as worker:
        for _ in range(3):
            with worker.open() as session:
                session.ask(b"answer = 1")
        worker.open()  # never closed: ends with its worker
        started = [os.pidfd_open(pid) for pid in descendants(os.getpid()) - processes]
    assert started
    assert all(wait_for_end(pidfd) for pidfd in started)
    for pidfd in started:
        os.close(pidfd)
    assert descendants(os.getpid()) == processes
    assert open_descriptors() == descriptors


def test_sessions_do_not_use_up_descriptors(worker):
    worker.open().close()
    before = open_descriptors()
    for code in (b"answer = 1", b"import os; os._exit(1)", b"answer = 'x' * 9_000_000"):
        try:
            with worker.open() as session:
                session.ask(code)
        except Exception:
            continue
    assert open_descriptors() == before


@pytest.mark.usefixtures("isolated")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_the_grader(edition, ending):
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(edition)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with host:
        assert host.stdout is not None
        assert host.stdout.readline() == b"open\n"
        sandboxed = [os.pidfd_open(pid) for pid in descendants(host.pid)]
        assert len(sandboxed) >= 4  # bubblewrap twice, the worker, the child
        host.send_signal(ending)
        host.wait(10)
        assert all(wait_for_end(pidfd) for pidfd in sandboxed)
    for pidfd in sandboxed:
        os.close(pidfd)


def test_a_dead_worker_is_replaced(isolated, edition):
    before = descendants(os.getpid())
    with isolated(View(edition), "handlers:run") as worker:
        worker.open().close()
        for pid in descendants(os.getpid()) - before:
            os.kill(pid, signal.SIGKILL)
        with worker.open() as session:
            assert session.ask(b"answer = 1") == b"1"
