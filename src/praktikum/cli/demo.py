"""``praktikum demo``: a made-up class is graded before your eyes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.grade import grade_and_print
from praktikum.cli.options import CourseOption, Lang, LangOption

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["demo", "play"]


def demo(
    out: Annotated[Path, typer.Option("--out", help="Where it is played.")] = Path("var/demo"),
    lang: LangOption = Lang.ru,
    course: CourseOption = None,
    task: Annotated[str, typer.Option("--task", help="Which task it is of.")] = "t1",
) -> None:
    """Make up a class of twelve, grade its submissions to a task, and print the gradebook.

    Among them are an endless loop, an attack on the grader, and a file that is no notebook.

    Example: `praktikum demo --lang en`
    """
    from rich.console import Console

    from praktikum.course.calendar import CourseError
    from praktikum.grader.sandbox.errors import Unavailable

    with one_line(CourseError, Unavailable, OSError):
        play(Console(), out, lang, course, task)


def play(
    console: Console, out: Path, lang: Lang, course: Path | None = None, task: str = "t1"
) -> None:
    """Make up the class in ``out``, grade it and print the gradebook."""
    from praktikum.course.content import open_content
    from praktikum.course.given import draw_given
    from praktikum.course.made_up_class import make_up_class
    from praktikum.grader.seeds import given_seed, open_secret

    content = open_content(course)
    unit = content.unit(task)
    submissions, grades = out / "submissions", out / "grades"
    for folder in (submissions, grades):  # ours, from an earlier demo
        shutil.rmtree(folder, ignore_errors=True)
    secret = out / "secret"
    out.mkdir(parents=True, exist_ok=True)
    given = draw_given(unit, given_seed(open_secret(secret), unit.task)) if unit.given else ()
    make_up_class(unit, content.course, submissions, given)
    grade_and_print(
        console,
        submissions,
        grades,
        task=unit.id,
        lang=lang,
        course=content.path,
        secret=secret,
    )
