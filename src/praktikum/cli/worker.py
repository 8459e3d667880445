"""``praktikum worker``: grades what is handed in to a site."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption

__all__ = ["DataOption", "DatabaseOption", "enter_site", "worker"]

_PR_SET_PDEATHSIG = 1  # prctl(2)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="The site's folder; var/site if not given.")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="URL of a PostgreSQL; SQLite in the folder if not given."),
]


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
    with one_line(ValueError, OSError, RuntimeError):
        if parent is not None:
            _end_with(parent)
        enter_site(data, database, course)
        from praktikum.grader.sandbox import why_unavailable
        from praktikum.site.grading.worker import work

        if why := why_unavailable():
            raise RuntimeError(why)
        work(once=once)


def _end_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends, however that comes about."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise RuntimeError("who started this worker is gone already")


def enter_site(data: Path | None, database: str | None, course: Path | None) -> None:
    """Make this process one of a site's: options win over the environment's PRAKTIKUM_ variables.

    Raises:
        PlaceError: they describe no site.
        RuntimeError: the site's packages are not installed.
    """
    given = {"DATA": data and data.absolute(), "DATABASE": database, "COURSE": course}
    for name, value in given.items():
        if value:
            os.environ[f"PRAKTIKUM_{name}"] = str(value)
    os.environ["DJANGO_SETTINGS_MODULE"] = "praktikum.site.settings"
    try:
        import django
    except ImportError:
        raise RuntimeError("the site needs more packages: pip install 'praktikum[site]'") from None
    django.setup()
