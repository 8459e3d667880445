"""One submission's child as the host sees it: questions go in, answers or a reason come out."""

from __future__ import annotations

import os
import select
import signal
import time
from types import TracebackType
from typing import Self

from praktikum.grader.sandbox.errors import (
    Crashed,
    Garbled,
    SubmissionFailed,
    TimedOut,
    WorkerFailed,
)
from praktikum.grader.sandbox.framing import FrameStream, StreamEndedError
from praktikum.grader.sandbox.inside.child import MEMORY_EXIT_CODE
from praktikum.grader.sandbox.limits import Limits
from praktikum.grader.sandbox.process import Child, Ending, WorkerProcess

_SETUP_SECONDS = 20.0
_SETUP_BYTES = 4096
_LEAVING_MILLISECONDS = 1000
_NEARLY = 0.9


class Session:
    """A fresh child and the stream to it; a context manager whose end kills the child.

    After a SubmissionFailed the child is gone: open another session for the next question.
    """

    def __init__(
        self, worker: WorkerProcess, child: Child, stream: FrameStream, limits: Limits
    ) -> None:
        """Wait until the child's walls stand. Raises WorkerFailed when one can't be put up."""
        self._worker = worker
        self._child = child
        self._stream = stream
        self._limits = limits
        self._is_open = True
        try:
            self._await_walls()
        except BaseException:
            self.close()
            raise
        self._last_deadline = time.monotonic() + limits.submission_wall_seconds

    @property
    def is_open(self) -> bool:
        """Whether the child can still be asked."""
        return self._is_open

    def ask(self, request: bytes, *, wall_seconds: float | None = None) -> bytes:
        """The answer to one request, within `wall_seconds` (by default the limits').

        Raises TimedOut, Crashed, Overflow or Garbled; each of them closes the session.
        """
        if not self._is_open:
            raise RuntimeError("the session is closed: open another one")
        start = time.monotonic()
        seconds = self._limits.wall_seconds if wall_seconds is None else wall_seconds
        deadline = min(start + seconds, self._last_deadline)
        try:
            return self._exchange(request, deadline)
        except TimeoutError:
            self.close()
            raise TimedOut(max(deadline - start, 0.0)) from None
        except StreamEndedError as end:
            raise self._explain(end) from None
        except SubmissionFailed:
            self.close()
            raise

    def close(self) -> None:
        """Kill the child and wait for its end; harmless when repeated."""
        if self._is_open:
            try:
                self._end()
            except WorkerFailed:
                return  # a dead worker's children are dead

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _await_walls(self) -> None:
        """A child whose walls stand sends an empty frame; one whose don't, the reason."""
        try:
            reason = self._stream.receive(_SETUP_BYTES, time.monotonic() + _SETUP_SECONDS)
        except (TimeoutError, StreamEndedError):
            raise WorkerFailed("a child ended or hung before its walls were up") from None
        if reason:
            raise WorkerFailed(f"a wall can't be put up: {reason.decode(errors='replace')}")

    def _exchange(self, request: bytes, deadline: float) -> bytes:
        if self._stream.has_input():
            raise Garbled("bytes came before anything was asked")
        self._stream.send(request, deadline)
        return self._stream.receive(self._limits.result_bytes, deadline)

    def _explain(self, end: StreamEndedError) -> SubmissionFailed:
        """Why the stream ended: lets the child leave by itself, then asks how it did."""
        left = _wait_for_exit(self._child.pidfd)
        ending = self._end()
        crash = _crash(ending, self._limits)
        if not left and crash.reason == "signal" and crash.signal_number == signal.SIGKILL:
            return Garbled("the stream was closed by a process that went on running")
        if end.within_frame and crash.exit_code == 0:
            return Garbled("the stream ended in the middle of an answer")
        return crash

    def _end(self) -> Ending:
        self._is_open = False
        try:
            self._child.kill()
            return self._worker.reap(self._child)
        finally:
            self._stream.close()
            os.close(self._child.pidfd)


def _wait_for_exit(pidfd: int) -> bool:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(_LEAVING_MILLISECONDS))


def _crash(ending: Ending, limits: Limits) -> Crashed:
    """The reason behind a wait status, told from what the kernel counted."""
    if os.WIFEXITED(ending.status):
        code = os.WEXITSTATUS(ending.status)
        return Crashed("memory" if code == MEMORY_EXIT_CODE else "exit", exit_code=code)
    number = os.WTERMSIG(ending.status)
    if number == signal.SIGKILL and ending.cpu_seconds >= _NEARLY * limits.cpu_seconds:
        return Crashed("cpu", signal_number=number)
    if ending.peak_bytes >= _NEARLY * limits.memory_bytes:
        return Crashed("memory", signal_number=number)
    return Crashed("signal", signal_number=number)
