"""The worker: a process within the outer wall that loads libraries and makes children.

It holds no secret and never reads a submission. The host talks to it over a socket of messages:

- once `{handler, preload, limits, filter, path, isolated, drop_to}` → `{}` when all is loaded;
- `{do: "open"}` with a session's socket → `{pid}` with the child's pidfd;
- `{do: "reap", pid}` → `{status, cpu_seconds, peak_bytes}` of a child that is ending.

Any failure is answered `{error: text}`. When the host goes away, so does the worker, and with it
its children.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from . import linux, walls
from .channel import Channel

MESSAGE_BYTES = 2**16
MEMORY_EXIT_CODE = 77
Handler = Callable[[Channel], None]


def main(control_descriptor: int) -> NoReturn:
    """Serve the host until it closes the control socket."""
    control = socket.socket(fileno=control_descriptor)
    try:
        settings = json.loads(control.recv(MESSAGE_BYTES))
        if settings["drop_to"] is not None:
            _become(settings["drop_to"])
        silence()
        worker = Worker(settings)
    except Exception as error:
        reply(control, {"error": _one_line(error)})
        os._exit(1)
    reply(control, {})
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 1)
        if not message:
            os._exit(0)
        answer, sent = worker.answer(json.loads(message), descriptors)
        reply(control, answer, sent)
        for descriptor in [*descriptors, *sent]:
            os.close(descriptor)


def silence() -> None:
    """Send what this process and its children print to nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)


def reply(
    control: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()
) -> None:
    """Send the host one message, with descriptors."""
    socket.send_fds(control, [json.dumps(message).encode()], list(descriptors))


class Worker:
    """Loaded libraries, and the children made from them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._limits: dict[str, int] = settings["limits"]
        self._program = bytes.fromhex(settings["filter"])
        self._isolated: bool = settings["isolated"]
        self._owner = os.getuid(), os.getgid()
        linux.set_dumpable(False)
        sys.path[:0] = settings["path"]
        for name in settings["preload"]:
            importlib.import_module(name)
        self._handler = _find(settings["handler"])
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        self._require_one_thread()
        gc.collect()
        gc.freeze()  # children then don't copy pages only to count garbage
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        self._baseline_bytes = pages * resource.getpagesize()

    def answer(
        self, request: dict[str, Any], descriptors: list[int]
    ) -> tuple[dict[str, Any], tuple[int, ...]]:
        """The reply to one request, and the descriptors that go with it."""
        try:
            if request["do"] == "open":
                pid, pidfd = self._open(descriptors[0])
                return {"pid": pid}, (pidfd,)
            return self._reap(request["pid"]), ()
        except Exception as error:
            return {"error": _one_line(error)}, ()

    def _open(self, job: int) -> tuple[int, int]:
        """(pid, pidfd) of a fresh child that serves the session `job`."""
        if self._isolated:
            pid, pidfd = linux.clone(sum(linux.NAMESPACES.values()))
        else:
            pid = os.fork()
            pidfd = os.pidfd_open(pid) if pid else -1
        if pid == 0:
            self._be_child(job)
        return pid, pidfd

    def _be_child(self, job: int) -> NoReturn:
        """Put up the walls, say so by an empty frame, serve, leave. Never returns."""
        code = 1
        try:
            channel = Channel(job)
            try:
                if self._isolated:
                    walls.enter(job, self._owner, self._limits, self._baseline_bytes, self._program)
                else:
                    os.setsid()
                    walls.keep_only(job)
                    linux.die_with_parent()
                    walls.set_limits(self._limits, self._baseline_bytes)
                channel = Channel(walls.JOB_DESCRIPTOR)
            except Exception as error:
                channel.send(_one_line(error).encode())
                os._exit(code)
            channel.send(b"")
            self._handler(channel)
            code = 0
        except MemoryError:
            code = MEMORY_EXIT_CODE
        finally:
            os._exit(code)

    def _reap(self, pid: int) -> dict[str, Any]:
        """How the child `pid` ended; waits for it, so the host must have seen or caused its end."""
        _, status, usage = os.wait4(pid, 0)
        if not self._isolated:
            _kill_session(pid)
        return {
            "status": status,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_bytes": usage.ru_maxrss * 1024,
        }

    def _require_one_thread(self) -> None:
        threads = len(os.listdir("/proc/self/task"))
        if threads > 1:
            raise RuntimeError(
                f"the preloaded modules left {threads} threads running, but only a process of one "
                "thread can be cloned safely"
            )


def _become(user: int) -> None:
    """Drop root for good: no groups, one group and one user that own nothing."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _find(name: str) -> Handler:
    """The function that `"module:function"` names."""
    module, _, function = name.partition(":")
    handler: Handler = getattr(importlib.import_module(module), function)
    return handler


def _kill_session(leader: int) -> None:
    """Kill what an unisolated child left running in its process group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _one_line(error: Exception) -> str:
    return traceback.format_exception_only(error)[-1].strip()
