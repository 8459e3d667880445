"""A worker: libraries loaded once, a fresh child for each session."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from praktikum.grader.sandbox.errors import Unavailable, WorkerFailed
from praktikum.grader.sandbox.filters import compile_child_filter, compile_worker_filter
from praktikum.grader.sandbox.framing import FrameStream
from praktikum.grader.sandbox.limits import Limits
from praktikum.grader.sandbox.process import Settings, WorkerProcess
from praktikum.grader.sandbox.session import Session
from praktikum.grader.sandbox.view import EDITION, INSIDE, View

UNPRIVILEGED_USER = 64321
"""What root becomes inside: a number that distributions give to nobody."""

_ENVIRONMENT = {
    "HOME": "/tmp",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # scikit-learn loads pyarrow where it is
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # an arena reserves 64 MiB of address space per thread
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",  # must be set before NumPy is imported: its threads break clones
}


class Worker:
    """A bubblewrap process that makes isolated children; a context manager.

    Open it from a thread that outlives it: the kernel kills it when that thread ends. It loads its
    libraries while the caller goes on; `open` waits for them.
    """

    def __init__(self, view: View, handler: str, limits: Limits | None = None) -> None:
        """`handler` is `"module:function"` of the edition, called with a `Channel` in each child.

        Raises Unavailable when a tool of the sandbox is missing.
        """
        self._view = view
        self._handler = handler
        self._limits = limits or Limits()
        self._sessions: list[Session] = []
        self._process = self._start()

    def open(self) -> Session:
        """A session with a fresh child; a dead worker is started anew, once.

        Raises WorkerFailed.
        """
        try:
            return self._open()
        except WorkerFailed:
            self._process.stop()
            self._process = self._start()
            return self._open()

    def close(self) -> None:
        """End the worker and every session of it."""
        for session in self._sessions:
            session.close()
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> Session:
        host_end, child_end = socket.socketpair()
        with child_end:
            try:
                child = self._process.open(child_end)
            except BaseException:
                host_end.close()
                raise
        session = Session(self._process, child, FrameStream(host_end), self._limits)
        self._sessions = [one for one in self._sessions if one.is_open] + [session]
        return session

    def _start(self) -> WorkerProcess:
        settings = Settings(
            handler=self._handler,
            preload=self._view.preload,
            limits=self._limits,
            filter=compile_child_filter().hex(),
            path=(EDITION,),
            below_tmp=self._view.below_tmp(),
            isolated=True,
            drop_to=UNPRIVILEGED_USER if os.geteuid() == 0 else None,
        )
        with tempfile.TemporaryFile() as worker_filter:
            worker_filter.write(compile_worker_filter())
            worker_filter.seek(0)
            command = [
                _bubblewrap(),
                *_namespaces(),
                *self._view.mounts(self._limits.tmp_bytes),
                *("--seccomp", str(worker_filter.fileno())),
                *_environment(),
                *("--chdir", "/tmp", "--"),
                *_python(str(Path(INSIDE).parent)),
            ]
            return WorkerProcess(settings, command, [worker_filter.fileno()])


class TrustedWorker(Worker):
    """The same without isolation: a plain process whose children are forks.

    It still has wall time-outs and resource limits, but a submission can read, write and send
    whatever the caller can. Only for `--trust-submissions`.
    """

    def _start(self) -> WorkerProcess:
        settings = Settings(
            handler=self._handler,
            preload=self._view.preload,
            limits=self._limits,
            filter="",
            path=(str(self._view.edition.absolute()),),
            below_tmp=(),
            isolated=False,
            drop_to=None,
        )
        inside = Path(__file__).parent / "inside"
        return WorkerProcess(settings, _python(str(inside.parent)), environment=_ENVIRONMENT)


def _bubblewrap() -> str:
    program = shutil.which("bwrap")
    if program is None:
        raise Unavailable(
            "bubblewrap is not installed: there is no `bwrap` on PATH "
            "(Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap)"
        )
    return program


def _namespaces() -> list[str]:
    """Root needs no user namespace, and must not use one: its uid 0 is exempt from NPROC."""
    kinds = ["ipc", "pid", "net", "uts", "cgroup"]
    if os.geteuid() == 0:
        rights = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        kinds.insert(0, "user")
        rights = []
    unshared = [f"--unshare-{kind}" for kind in kinds]
    return [*unshared, *rights, "--hostname", "sandbox", "--die-with-parent", "--new-session"]


def _environment() -> list[str]:
    words = ["--clearenv"]
    for name, value in _ENVIRONMENT.items():
        words += ["--setenv", name, value]
    return words


def _python(parent_of_inside: str) -> Sequence[str]:
    """The command that runs `inside.worker`; the control descriptor is to be added to it."""
    start = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from inside.worker import main; main(int(sys.argv[2]))"
    )
    return [sys.executable, "-I", "-B", "-c", start, parent_of_inside]
