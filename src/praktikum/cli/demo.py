"""``praktikum demo``: a made-up class is graded before your eyes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.grade import grade
from praktikum.cli.options import CourseOption, Lang, LangOption

__all__ = ["demo"]


def demo(
    out: Annotated[Path, typer.Option("--out", help="Where it is played.")] = Path("var/demo"),
    lang: LangOption = Lang.ru,
    course: CourseOption = None,
) -> None:
    """Make up a class of twelve, grade its submissions to task 1, and print the gradebook.

    Among them are an endless loop, an attack on the grader, and a file that is no notebook.

    Example: `praktikum demo --lang en`
    """
    from praktikum.course.calendar import CourseError
    from praktikum.course.content import open_content
    from praktikum.course.made_up_class import make_up_class

    with one_line(CourseError, OSError):
        content = open_content(course)
        unit = content.unit("t1")
        submissions, grades = out / "submissions", out / "grades"
        for folder in (submissions, grades):  # ours, from an earlier demo
            shutil.rmtree(folder, ignore_errors=True)
        make_up_class(unit, content.course, submissions)
    grade(submissions, grades, task=unit.id, lang=lang, course=content.path)
