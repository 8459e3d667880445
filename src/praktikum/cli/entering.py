"""How a verb becomes a process of a site: its options, and the mistakes that are one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line

__all__ = ["DataOption", "DatabaseOption", "EnteringError", "inside_site"]

DataOption = Annotated[
    Path | None, typer.Option("--data", help="The site's folder; var/site if not given.")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="URL of a PostgreSQL; SQLite in the folder if not given."),
]


class EnteringError(Exception):
    """What is missing here for a process of a site."""


@contextmanager
def inside_site(data: Path | None, database: str | None, course: Path | None) -> Iterator[None]:
    """Run the body in a process of a site; options win over variables of the environment.

    What its user can mend ends the program with one line.
    """
    from praktikum.course.calendar import CourseError
    from praktikum.grader.seeds import SecretError
    from praktikum.site.place import PlaceError

    given = {"DATA": data and data.absolute(), "DATABASE": database, "COURSE": course}
    for name, value in given.items():
        if value:
            os.environ[f"PRAKTIKUM_{name}"] = str(value)
    os.environ["DJANGO_SETTINGS_MODULE"] = "praktikum.site.settings"
    with one_line(EnteringError, PlaceError, SecretError, CourseError, OSError):
        _set_up()
        from django.db import DatabaseError

        from praktikum.site.backup import BackupError
        from praktikum.site.grading.secret import OtherSecretError

        with one_line(DatabaseError, BackupError, OtherSecretError):
            yield


def _set_up() -> None:
    try:
        import django
    except ImportError:
        wanted = "pip install 'praktikum[site]'"
        raise EnteringError(f"the class online needs more packages: {wanted}") from None
    django.setup()
