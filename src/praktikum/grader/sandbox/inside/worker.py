"""The worker: a process within the outer wall that loads libraries and makes children.

It holds no secret and never reads a submission. The host talks to it over a socket of messages:

- once the `Settings` of the host → `{}` when all is loaded;
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
from pathlib import Path
from typing import Any, NoReturn

from . import linux, walls
from .child import Handler, live, one_line

MESSAGE_BYTES = 2**16


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
        reply(control, {"error": one_line(error)})
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
        linux.set_dumpable(False)
        sys.path[:0] = settings["path"]
        self._handler = _load(settings["preload"], settings["handler"])
        address_bytes, self._resident_bytes = _memory_taken()
        self._walls: walls.Walls | walls.LimitsOnly
        if settings["isolated"]:
            self._walls = walls.Walls(
                owner=(os.getuid(), os.getgid()),
                limits=settings["limits"],
                baseline_bytes=address_bytes,
                below_tmp=settings["below_tmp"],
                program=bytes.fromhex(settings["filter"]),
            )
        else:
            self._walls = walls.LimitsOnly(settings["limits"], address_bytes)

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
            return {"error": one_line(error)}, ()

    def _open(self, job: int) -> tuple[int, int]:
        """(pid, pidfd) of a fresh child that serves the session `job`."""
        pid, pidfd = linux.clone(self._walls.namespaces)
        if pid == 0:
            live(job, self._walls.enter, self._handler)
        return pid, pidfd

    def _reap(self, pid: int) -> dict[str, Any]:
        """How the child `pid` ended; waits for it, so the host must have seen or caused its end."""
        if not self._walls.namespaces:
            _kill_group(pid)
        _, status, usage = os.wait4(pid, 0)
        return {
            "status": status,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_bytes": max(usage.ru_maxrss * 1024 - self._resident_bytes, 0),
        }


def _become(user: int) -> None:
    """Drop root for good: no groups, one group and one user that own nothing."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _load(preload: list[str], handler: str) -> Handler:
    """Import the libraries, and the function that `"module:function"` names.

    Raises RuntimeError when one has started threads: their locks would be stuck in every child.
    """
    for name in preload:
        importlib.import_module(name)
    module, _, function = handler.partition(":")
    loaded: Handler = getattr(importlib.import_module(module), function)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads > 1:
        raise RuntimeError(
            f"the preloaded modules left {threads} threads running, but only a process of one "
            "thread can be cloned safely"
        )
    gc.collect()
    gc.freeze()  # children then don't copy pages only to count garbage
    return loaded


def _memory_taken() -> tuple[int, int]:
    """(address space, resident memory) of this process, bytes."""
    pages = Path("/proc/self/statm").read_text().split()
    return int(pages[0]) * resource.getpagesize(), int(pages[1]) * resource.getpagesize()


def _kill_group(leader: int) -> None:
    """Kill what a child without namespaces leaves; unreaped, its number is not yet another's."""
    os.waitid(os.P_PID, leader, os.WEXITED | os.WNOWAIT)
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
