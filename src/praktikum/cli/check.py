"""``praktikum check``: a student's own check of a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.options import Lang, LangOption

__all__ = ["check"]


def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook (.ipynb) or Python file.")],
    unit: Annotated[
        str | None, typer.Option("--unit", help="Which unit it is of, if it does not say so.")
    ] = None,
    lang: LangOption = Lang.ru,
) -> None:
    """Check your notebook: what is right, and where the rest first differs.

    Only definitions are run, not the cells that train. Grading asks the same with other inputs.
    Where the task wants predictions, `masks.zip` or `speech.zip` beside the notebook is looked at:
    is each one there and can it be used? How good they are, grading tells. The exit code is 0 if
    every check passed and every prediction can be used, and 3 if not.

    Example: `praktikum check task1.ipynb --lang en`
    """
    from rich.console import Console

    from praktikum.course.pack import PackError
    from praktikum.grader.outcome_table import outcome_table
    from praktikum.grader.phrasing import printable
    from praktikum.grader.selfcheck import check_predictions, check_submission, find_pack
    from praktikum.grader.submission import SubmissionError, read_submission

    with one_line(SubmissionError, PackError):
        submission = read_submission(notebook)
        pack = find_pack(unit or submission.unit, notebook.resolve().parent)
    verdicts, problems = check_submission(pack, submission)
    predicted = check_predictions(pack, notebook.resolve().parent)
    console = Console()
    console.print(outcome_table(pack.unit, pack.checks, verdicts, lang.value, predicted))
    for problem in problems:
        skipped = "Ячейка пропущена" if lang is Lang.ru else "A cell was passed over"
        console.print(f"{skipped}: {printable(problem)}", style="yellow", markup=False)
    if not all(verdict.passed for verdict in verdicts) or not (
        predicted is None or predicted.complete
    ):
        raise typer.Exit(3)
