"""``praktikum grade``: a folder of submissions becomes reports and a gradebook."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption, Lang, LangOption

__all__ = ["grade"]


def grade(
    folder: Annotated[Path, typer.Argument(help="Submissions: one file or folder per student.")],
    out: Annotated[Path, typer.Option("--out", help="Where reports and gradebook go.")],
    task: Annotated[
        str | None, typer.Option("--task", help="Which task it is; needed if there are several.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Sandboxes at a time; one per processor.")
    ] = None,
    trust_submissions: Annotated[
        bool,
        typer.Option(
            "--trust-submissions",
            help="Run submissions WITHOUT isolation. Every report says so.",
        ),
    ] = False,
    lang: LangOption = Lang.ru,
    course: CourseOption = None,
) -> None:
    """Grade a class: every submission in a sandbox, reports, a gradebook with marks.

    Beside the submissions may lie `points.csv` (student, part, points, comment: given by hand),
    `extensions.csv` (student, task, until), `scores.csv` (student, task, points: marked
    elsewhere) and `received.csv` (student, received). A run that was broken off goes on where it
    stopped.

    Example: `praktikum grade submissions --out var/grades`
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    from praktikum.course.calendar import CourseError
    from praktikum.course.content import open_content
    from praktikum.course.pack import pack_unit
    from praktikum.grader.class_folder import Entry, read_class_folder
    from praktikum.grader.class_grading import grade_class
    from praktikum.grader.class_results import write_class_results
    from praktikum.grader.facts import Attempt, FactsError
    from praktikum.grader.gradebook import Ledger
    from praktikum.grader.gradebook_table import gradebook_table
    from praktikum.grader.sandbox.errors import Unavailable
    from praktikum.grader.tally import CheckedUnit

    console = Console()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Remaining(),
        console=Console(stderr=True),
        transient=True,
    )
    with one_line(CourseError, FactsError, Unavailable, OSError):
        content = open_content(course)
        unit = content.unit(task) if task else content.only_task()
        submissions = read_class_folder(folder, unit, content.course)
        pack = pack_unit(unit)
        ledger = Ledger(
            content.course,
            {unit.deadline or unit.id: CheckedUnit(unit, tuple(pack.checks.values()))},
            dt.datetime.now(dt.UTC),
            submissions.hand_points,
            submissions.extensions,
            submissions.scores,
        )
        with bar:
            graded = bar.add_task(unit.title[lang.value], total=len(submissions.entries))

            def advance(_entry: Entry, _attempt: Attempt) -> None:
                bar.advance(graded)

            attempts = grade_class(
                pack,
                content.units.values(),
                submissions,
                out,
                jobs=jobs,
                trusted=trust_submissions,
                progress=advance,
            )
        rows = write_class_results(content.course, ledger, attempts, out, lang.value)
    console.print(gradebook_table(rows, content.course, lang.value, console.width))
    for attempt in attempts:
        for note in attempt.notes:
            console.print(f"{attempt.student}: {note[lang.value]}", markup=False, highlight=False)
    for stranger in ledger.strangers(attempt.student for attempt in attempts):
        console.print(f"[yellow]{_STRANGER[lang]}: {stranger}[/]")
    if trust_submissions:
        console.print(f"[bold red]{_TRUSTED[lang]}[/]")
    console.print(f"{_REPORTS[lang]}: {out / 'index.html'}", soft_wrap=True, highlight=False)


_STRANGER = {
    Lang.ru: "В таблицах есть имя, но нет работы",
    Lang.en: "Named in a table, but without a submission",
}
_TRUSTED = {
    Lang.ru: "Работы запускались БЕЗ песочницы (--trust-submissions).",
    Lang.en: "Submissions were run WITHOUT the sandbox (--trust-submissions).",
}
_REPORTS = {Lang.ru: "Отчёты и ведомость", Lang.en: "Reports and gradebook"}
