"""``praktikum start``: a unit's notebook in the reader's folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption, Lang, LangOption
from praktikum.cli.secret import SecretOption, seeds_of_given

__all__ = ["start"]


def start(
    unit: Annotated[str, typer.Argument(help="A unit such as t1 or s03.")],
    folder: Annotated[Path, typer.Argument(help="Where it goes.")] = Path(),
    lang: LangOption = Lang.ru,
    course: CourseOption = None,
    secret: SecretOption = None,
) -> None:
    """Start on a unit: its notebook and its checks are put into your folder.

    A notebook that you have already worked in is left as it is.

    Example: `praktikum start s03 seminars --lang en`
    """
    from praktikum.checks import CheckError
    from praktikum.course.calendar import CourseError
    from praktikum.course.content import open_content
    from praktikum.course.holes import HoleError
    from praktikum.course.notebook import SourceError
    from praktikum.course.pack import PackError
    from praktikum.course.start import StartError
    from praktikum.course.start import start as start_unit
    from praktikum.grader.seeds import SecretError

    with one_line(
        CourseError,
        CheckError,
        HoleError,
        SourceError,
        PackError,
        StartError,
        SecretError,
        OSError,
    ):
        content = open_content(course)
        seeds = seeds_of_given(content, secret)
        notebook = start_unit(content.unit(unit), lang.value, folder, seeds)
    for line in _NEXT[lang]:
        typer.echo(line.format(notebook=shlex.quote(str(notebook))))


_NEXT = {
    Lang.ru: (
        "Тетрадь: {notebook}",
        "Открыть: jupyter lab {notebook} — или файл в VS Code",
        "Проверить: praktikum check {notebook}",
    ),
    Lang.en: (
        "Notebook: {notebook}",
        "Open it: jupyter lab {notebook} (or the file in VS Code)",
        "Check it: praktikum check {notebook} --lang en",
    ),
}
