"""``praktikum worker``: grades what is handed in to a site."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Annotated

import typer

from praktikum.cli.entering import DatabaseOption, DataOption, EnteringError, inside_site
from praktikum.cli.options import CourseOption

__all__ = ["worker"]

_PR_SET_PDEATHSIG = 1  # prctl(2)


def worker(
    data: DataOption = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    once: Annotated[bool, typer.Option("--once", help="Stop when the queue is empty.")] = False,
    parent: Annotated[int | None, typer.Option("--parent", hidden=True)] = None,
) -> None:
    """Grade what is handed in to a site, until it is stopped.

    Any number of workers may share a database, on one machine or on several; each machine needs
    the course and a copy of the file `grading-secret` from the site's folder.

    Example: `praktikum worker --database postgres://site@db.example/praktikum`
    """
    with inside_site(data, database, course):
        from praktikum.grader.sandbox import why_unavailable
        from praktikum.site.grading.worker import work
        from praktikum.site.opening import has_tables

        if parent is not None:
            _end_with(parent)
        if why := why_unavailable():
            raise EnteringError(why)
        if not has_tables():
            raise EnteringError("the database is not as this version wants it: praktikum serve")
        work(once=once)


def _end_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, however that comes about."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise EnteringError("who started this worker is gone already")
