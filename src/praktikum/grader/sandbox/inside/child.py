"""The life of a child: put up the walls, say so, serve one session, leave."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import NoReturn

from .channel import Channel

JOB_DESCRIPTOR = 3
MEMORY_EXIT_CODE = 77
"""How a child says that memory ran out; one that lies about it only mislabels its own end."""

Handler = Callable[[Channel], None]


def live(job: int, enter_walls: Callable[[], None], handler: Handler) -> NoReturn:
    """Serve the session on descriptor `job` behind the walls; an empty frame says that they stand.

    If one can't be put up, its error is sent in place of the empty frame and nothing is served.
    """
    code = 1
    try:
        _keep_only(job)
        channel = Channel(JOB_DESCRIPTOR)
        failure = _failure_of(enter_walls)
        channel.send(failure.encode())
        if not failure:
            handler(channel)
            code = 0
    except MemoryError:
        code = MEMORY_EXIT_CODE
    finally:
        os._exit(code)  # never back into the worker's code, which this process is a copy of


def one_line(error: Exception) -> str:
    """An exception's type and text."""
    return traceback.format_exception_only(error)[-1].strip()


def _keep_only(job: int) -> None:
    """Close every descriptor but 0, 1, 2 and the session's, moved to `JOB_DESCRIPTOR`."""
    if job != JOB_DESCRIPTOR:
        os.dup2(job, JOB_DESCRIPTOR)
    os.closerange(JOB_DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))


def _failure_of(enter_walls: Callable[[], None]) -> str:
    try:
        enter_walls()
    except Exception as error:
        return one_line(error)
    return ""
