"""``praktikum worker``: grades what is handed in to a site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption

__all__ = ["DataOption", "DatabaseOption", "enter_site", "worker"]

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
) -> None:
    """Grade what is handed in to a site, until it is stopped.

    Any number of workers may share a database, on one machine or on several; each machine needs
    the course and a copy of the file `grading-secret` from the site's folder.

    Example: `praktikum worker --database postgres://site@db.example/praktikum`
    """
    with one_line(ValueError, OSError, RuntimeError):
        enter_site(data, database, course)
        from praktikum.grader.sandbox import why_unavailable
        from praktikum.site.grading.worker import work

        if why := why_unavailable():
            raise RuntimeError(why)
        work(once=once)


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
