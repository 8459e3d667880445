"""Whose predictions reached what, from the best on: a table for the instructor's terminal."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.table import Table

from praktikum.checks import Language, Text
from praktikum.course.predictions_asked import MASKS, SPEECH
from praktikum.course.thresholds import points_for
from praktikum.course.unit import Unit
from praktikum.grader.facts import Attempt
from praktikum.grader.phrasing import number, printable

__all__ = ["predictions_table"]

_TITLE = {
    MASKS: Text(ru="Предсказанные маски", en="Predicted masks"),
    SPEECH: Text(ru="Речь без шума", en="Speech without the noise"),
}
_STUDENT = Text(ru="Студент", en="Student")
_USABLE = {
    MASKS: Text(ru="масок", en="masks"),
    SPEECH: Text(ru="записей", en="recordings"),
}
_POINTS = Text(ru="баллы", en="points")


def predictions_table(unit: Unit, attempts: Iterable[Attempt], language: Language) -> Table:
    """Return a Rich table of the attempts whose predictions were measured.

    A row has the IoU of masks or the SI-SDR of speech, how many could be used, and the points that
    they earn in all parts.
    """
    table = Table(
        box=None, title=_TITLE[unit.asked][language], title_justify="left", title_style="bold"
    )
    table.add_column(unit.asked.title, justify="right")
    table.add_column(_USABLE[unit.asked][language], justify="right")
    table.add_column(_POINTS[language], justify="right")
    table.add_column(_STUDENT[language], overflow="fold")
    measured = [(attempt.measured, attempt.student) for attempt in attempts if attempt.measured]
    for fact, student in sorted(measured, key=lambda pair: (-pair[0].value, pair[1])):
        points = sum((points_for(fact.value, part.thresholds) for part in unit.parts), Decimal(0))
        table.add_row(
            number(fact.value, language),
            f"{fact.usable} / {fact.given}",
            number(points, language),
            printable(student),
        )
    return table
