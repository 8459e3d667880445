"""One worker process as the host sees it: started, asked for children, stopped.

The replies of a worker are trusted: it runs no submission, and a submission can't reach it.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from praktikum.grader.sandbox.errors import WorkerFailed
from praktikum.grader.sandbox.inside.worker import MESSAGE_BYTES
from praktikum.grader.sandbox.limits import Limits

_LOADING_SECONDS = 120.0
_REPLY_SECONDS = 20.0
_ENDING_SECONDS = 5.0


@dataclass(frozen=True)
class Settings:
    """What a worker is told once.

    handler:    `"module:function"`, called with a `Channel` in each child
    preload:    modules to import before
    limits:     of each child
    filter:     a child's compiled seccomp filter, as hexadecimal digits
    path:       folders to put first on the import path
    below_tmp:  what the view shows of the host's /tmp
    isolated:   whether children get walls, or limits only
    drop_to:    the user and group to become first, where the worker starts as root
    """

    handler: str
    preload: tuple[str, ...]
    limits: Limits
    filter: str
    path: tuple[str, ...]
    below_tmp: tuple[str, ...]
    isolated: bool
    drop_to: int | None


@dataclass(frozen=True)
class Child:
    """A child of the worker: its number there, and a descriptor that names it here."""

    pid: int
    pidfd: int

    def kill(self) -> None:
        """Kill it, and with it all that lives in its namespace."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return


@dataclass(frozen=True)
class Ending:
    """How a child ended: wait status, CPU seconds, and the most memory in bytes that it held
    beyond the preloaded libraries."""

    status: int
    cpu_seconds: float
    peak_bytes: int


class WorkerProcess:
    """A running worker. It is started at once and loads its libraries meanwhile."""

    def __init__(
        self,
        settings: Settings,
        command: Sequence[str],
        pass_fds: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start `command`, completed by the number of the control descriptor.

        Raises WorkerFailed when it ends at once.
        """
        self._control, control_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with control_end:
            descriptor = control_end.fileno()
            self._process = subprocess.Popen(
                [*command, str(descriptor)],
                pass_fds=[*pass_fds, descriptor],
                env=environment or {},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is the grader's to handle
            )
        self._ready = False
        try:
            self._send(asdict(settings))
        except BaseException:
            self.stop()
            raise

    def wait_until_ready(self) -> None:
        """Wait for the libraries. Raises WorkerFailed with the worker's reason."""
        if not self._ready:
            self._receive(_LOADING_SECONDS)
            self._ready = True

    def open(self, job: socket.socket) -> Child:
        """A fresh child that serves the session `job`. Raises WorkerFailed."""
        self.wait_until_ready()
        reply, descriptors = self._request({"do": "open"}, [job.fileno()])
        return Child(reply["pid"], descriptors[0])

    def reap(self, child: Child) -> Ending:
        """How a child ended that was killed or has left. Raises WorkerFailed."""
        reply, _ = self._request({"do": "reap", "pid": child.pid})
        return Ending(**reply)

    def stop(self) -> None:
        """End the worker and all its children."""
        self._control.close()
        try:
            self._process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def _request(
        self, message: dict[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[dict[str, Any], list[int]]:
        """One message and its reply. Interrupted between them, the worker is of no more use."""
        try:
            self._send(message, descriptors)
            return self._receive(_REPLY_SECONDS)
        except BaseException:
            self._process.kill()
            raise

    def _send(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            self._control.settimeout(_REPLY_SECONDS)
            socket.send_fds(self._control, [json.dumps(message).encode()], list(descriptors))
        except OSError as error:
            raise WorkerFailed(f"the worker cannot be reached: {self._last_words(error)}") from None

    def _receive(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        self._control.settimeout(seconds)
        try:
            message, descriptors, _, _ = socket.recv_fds(
                self._control, MESSAGE_BYTES, 1, socket.MSG_CMSG_CLOEXEC
            )
        except OSError as error:
            raise WorkerFailed(f"the worker does not answer: {self._last_words(error)}") from None
        if not message:
            raise WorkerFailed(f"the worker ended: {self._last_words()}")
        reply: dict[str, Any] = json.loads(message)
        if "error" in reply:
            raise WorkerFailed(f"the worker failed: {reply['error']}")
        return reply, descriptors

    def _last_words(self, error: OSError | None = None) -> str:
        """What bubblewrap or Python printed before they ended; the worker itself prints nothing."""
        self._process.kill()
        _, printed = self._process.communicate()
        lines: list[str] = printed.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else str(error or f"exit code {self._process.returncode}")
