"""``praktikum verify``: the proof that the checks are worth their points."""

from __future__ import annotations

from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption

__all__ = ["verify"]


def verify(
    units: Annotated[
        list[str] | None, typer.Argument(help="Units such as t1 or s03; all of them if not given.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Verify units: the reference earns all, the blank nothing, each mutant fails its checks.

    Example: `praktikum verify t1`
    """
    from rich.console import Console

    from praktikum.checks import CheckError
    from praktikum.course.calendar import CourseError
    from praktikum.course.content import open_content
    from praktikum.course.holes import HoleError
    from praktikum.course.notebook import SourceError
    from praktikum.course.pack import PackError
    from praktikum.grader.verification import verify_unit

    console = Console()
    wrong = 0
    with one_line(CourseError, CheckError, HoleError, SourceError, PackError):
        content = open_content(course)
        for unit in [content.unit(name) for name in units or content.units]:
            for finding in verify_unit(unit, content.units.values()):
                sign = "[red]✗[/]" if finding.problems else "[green]✓[/]"
                console.print(f"{sign} {finding.unit}: {finding.variant}", highlight=False)
                for problem in finding.problems:
                    console.print(f"    {problem}", style="red", markup=False, highlight=False)
                wrong += bool(finding.problems)
    if wrong:
        raise typer.Exit(3)
