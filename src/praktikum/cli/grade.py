"""``praktikum grade``: a folder of submissions becomes reports and a gradebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import CourseOption, Lang, LangOption
from praktikum.cli.secret import SecretOption, secret_of

if TYPE_CHECKING:
    from rich.console import Console

    from praktikum.course.given import Given
    from praktikum.grader.class_grading import Progress

__all__ = ["grade", "grade_and_print"]


def grade(
    folder: Annotated[Path, typer.Argument(help="Submissions: one file or folder per student.")],
    out: Annotated[Path, typer.Option("--out", help="Where reports and gradebook go.")],
    task: Annotated[
        str | None, typer.Option("--task", help="Which task it is, if the notebooks don't say.")
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
    secret: SecretOption = None,
) -> None:
    """Grade a class: every submission in a sandbox, reports, a gradebook with marks.

    Beside the submissions may lie `points.csv` (student, part, points, comment: given by hand),
    `extensions.csv` (student, task, until), `scores.csv` (student, task, points: marked
    elsewhere) and `received.csv` (student, received). A run that was broken off goes on where it
    stopped. Where the task wants predictions, a student's folder holds the notebook and
    `masks.zip`, or `speech.zip`.

    Example: `praktikum grade submissions --out var/grades`
    """
    from rich.console import Console

    from praktikum.course.calendar import CourseError
    from praktikum.grader.facts import FactsError
    from praktikum.grader.sandbox.errors import Unavailable
    from praktikum.grader.seeds import SecretError

    with one_line(CourseError, FactsError, Unavailable, SecretError, OSError):
        grade_and_print(
            Console(),
            folder,
            out,
            task=task,
            jobs=jobs,
            trusted=trust_submissions,
            lang=lang,
            course=course,
            secret=secret,
        )


def grade_and_print(
    console: Console,
    folder: Path,
    out: Path,
    *,
    task: str | None = None,
    jobs: int | None = None,
    trusted: bool = False,
    lang: Lang = Lang.ru,
    course: Path | None = None,
    secret: Path | None = None,
) -> None:
    """Grade a folder into ``out`` and print the gradebook; the arguments are those of `grade`.

    Raises:
        CourseError, FactsError, Unavailable, SecretError: what its user can mend.
    """
    from praktikum.course.content import open_content
    from praktikum.course.given import draw_given
    from praktikum.course.pack import pack_unit
    from praktikum.grader.class_folder import named_units, read_class_folder
    from praktikum.grader.class_grading import grade_class
    from praktikum.grader.class_results import write_class_results
    from praktikum.grader.gradebook import Ledger
    from praktikum.grader.gradebook_table import gradebook_table
    from praktikum.grader.predictions_table import predictions_table
    from praktikum.grader.seeds import given_seed, read_secret
    from praktikum.grader.tally import CheckedUnit

    content = open_content(course)
    unit = content.unit(task) if task else content.only_task(named_units(folder))
    submissions = read_class_folder(folder, unit, content.course)
    pack = pack_unit(unit)
    given: tuple[Given, ...] = ()
    if unit.given:
        given = draw_given(unit, given_seed(read_secret(secret_of(content, secret)), unit.task))
    with _progress(unit.title[lang.value], len(submissions.entries)) as advance:
        attempts = grade_class(
            pack,
            content.units.values(),
            submissions,
            out,
            jobs=jobs,
            trusted=trusted,
            progress=advance,
            given=given,
        )
    ledger = Ledger(
        content.course,
        {unit.task: CheckedUnit(unit, tuple(pack.checks.values()))},
        dt.datetime.now(dt.UTC),
        submissions.hand_points,
        submissions.extensions,
        submissions.scores,
    )
    rows = write_class_results(content.course, ledger, attempts, out, lang.value)
    console.print(gradebook_table(rows, content.course, lang.value, console.width))
    if given:
        console.print(predictions_table(unit, attempts, lang.value))
    for attempt in attempts:
        for note in attempt.notes:
            console.print(f"{attempt.student}: {note[lang.value]}", markup=False, highlight=False)
    for stranger in ledger.strangers(attempt.student for attempt in attempts):
        console.print(f"{_STRANGER[lang]}: {stranger}", style="yellow", markup=False)
    if trusted:
        console.print(_TRUSTED[lang], style="bold red")
    console.print(f"{_REPORTS[lang]}: {out / 'index.html'}", soft_wrap=True, highlight=False)


@contextmanager
def _progress(title: str, total: int) -> Iterator[Progress]:
    """Give what moves a bar on stderr by one submission."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=total)
        yield lambda _entry, _attempt: bars.advance(bar)


_STRANGER = {
    Lang.ru: "В таблицах есть имя, но нет работы",
    Lang.en: "Named in a table, but without a submission",
}
_TRUSTED = {
    Lang.ru: "Работы запускались БЕЗ песочницы (--trust-submissions).",
    Lang.en: "Submissions were run WITHOUT the sandbox (--trust-submissions).",
}
_REPORTS = {Lang.ru: "Отчёты и ведомость", Lang.en: "Reports and gradebook"}
