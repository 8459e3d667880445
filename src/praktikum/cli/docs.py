"""``praktikum docs``: the course as a static site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption

__all__ = ["docs"]


def docs(
    out: Annotated[Path, typer.Option("--out", help="Where the pages go.")] = Path("var/docs"),
    course: CourseOption = None,
) -> None:
    """Build the site to read: schedule, seminars with their outputs, tasks, reference.

    In Russian and English, readable without a server and without a network. The first time runs
    every seminar, which takes minutes; later only what has changed. Needs the extra `docs`.

    Example: `praktikum docs --out var/docs`
    """
    try:
        from praktikum.course.book.execution import ExecutionError
        from praktikum.course.book.site import SiteError, build_site
    except ModuleNotFoundError as error:
        with one_line(ModuleNotFoundError):
            raise ModuleNotFoundError(f"{error}: pip install 'praktikum[docs]'") from error
    from praktikum.course.calendar import CourseError
    from praktikum.course.content import open_content
    from praktikum.course.holes import HoleError
    from praktikum.course.notebook import SourceError

    with one_line(CourseError, ExecutionError, HoleError, SiteError, SourceError, OSError):
        typer.echo(build_site(open_content(course), out, Path("var/book"), report=typer.echo))
