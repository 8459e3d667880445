"""``praktikum build``: notebooks, packs and the students' edition of the library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption, Lang, LangOption
from praktikum.cli.secret import SecretOption, seeds_of_given

__all__ = ["build"]


def build(
    units: Annotated[
        list[str] | None, typer.Argument(help="Units such as t1 or s03; all of them if not given.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write.")] = Path("var/build"),
    lang: LangOption = Lang.ru,
    course: CourseOption = None,
    secret: SecretOption = None,
) -> None:
    """Build what students get, and the solved notebooks.

    `OUT/student` can be given out: notebooks with holes, the public half of the checks and the
    library with the same holes. `OUT/instructor` holds the answers. Images that students predict
    masks for are drawn from a secret, which is made if there is none: grading needs the same one.

    Example: `praktikum build t1 --lang en --out var/build`
    """
    from praktikum.checks import CheckError
    from praktikum.course.build import build as build_units
    from praktikum.course.calendar import CourseError
    from praktikum.course.content import open_content
    from praktikum.course.holes import HoleError
    from praktikum.course.notebook import SourceError
    from praktikum.course.pack import PackError
    from praktikum.grader.seeds import SecretError

    with one_line(CourseError, CheckError, HoleError, SourceError, PackError, SecretError, OSError):
        content = open_content(course)
        chosen = [content.unit(name) for name in units or content.units]
        seeds = seeds_of_given(content, secret)
        for path in build_units(chosen, content.units.values(), lang.value, out, seeds):
            typer.echo(path)
    typer.echo(out / "student" / "library")
