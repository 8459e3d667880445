"""The table that a student reads after a check, in a terminal or under a notebook's cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from rich.markup import escape
from rich.table import Table

from praktikum.checks import Check, Language, Status, Text, Verdict
from praktikum.course.predictions_asked import MASKS, SPEECH
from praktikum.course.unit import Part, Unit
from praktikum.grader.phrasing import number, printable
from praktikum.grader.predictions import Predictions
from praktikum.grader.words import sentence

__all__ = ["outcome_table"]

_SIGNS = {
    Status.PASSED: "[green]✓[/]",
    Status.FAILED: "[red]✗[/]",
    Status.BLOCKED: "[yellow]◌[/]",
    Status.ERROR: "[magenta]![/]",
}
_CHECK = Text(ru="что проверяется", en="what is checked")
_POINTS = Text(ru="баллы", en="points")
_GOT = Text(ru="получено", en="got")
_EXPECTED = Text(ru="ожидалось", en="expected")
_HINT = Text(ru="подсказка", en="hint")
_USABLE = {
    MASKS: Text(
        ru="Маски: годных {usable} из {wanted}; IoU посчитает система проверки",
        en="Masks: {usable} of {wanted} can be used; grading measures their IoU",
    ),
    SPEECH: Text(
        ru="Записи: годных {usable} из {wanted}; SI-SDR посчитает система проверки",
        en="Recordings: {usable} of {wanted} can be used; grading measures their SI-SDR",
    ),
}
_BY_HAND = Text(ru="и ещё до {points} ставит преподаватель", en="and up to {points} given by hand")


def outcome_table(
    unit: Unit,
    checks: Mapping[str, Check],
    verdicts: Iterable[Verdict],
    language: Language,
    predicted: Predictions | None = None,
) -> Table:
    """Return the verdicts as a Rich table: a section for each part, a row for each check.

    A failed check tells the first difference, what was got and expected there, and a hint. Where
    ``predicted`` is given, the last row tells how many can be used, and why the others cannot.
    """
    by_part: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_part.setdefault(checks[verdict.check].part, []).append(verdict)
    scored = any(part.points for part in unit.parts)
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column(_CHECK[language], overflow="fold")
    if scored:
        table.add_column(_POINTS[language], justify="right", no_wrap=True)
    for part in unit.parts:
        if found := by_part.get(part.id):
            _add_part(table, part, found, checks, language, scored)
    if predicted is not None:
        _add_predictions(table, unit, predicted, language)
    return table


def _add_part(
    table: Table,
    part: Part,
    verdicts: list[Verdict],
    checks: Mapping[str, Check],
    language: Language,
    scored: bool,
) -> None:
    earned = sum((checks[each.check].points for each in verdicts if each.passed), Decimal(0))
    possible = sum((checks[each.check].points for each in verdicts), Decimal(0))
    title = f"[bold]{escape(part.title[language])}[/]"
    if part.by_hand:
        more = _BY_HAND[language].format(points=number(part.by_hand, language))
        title += f"  [dim]{more}[/]"
    table.add_row("", title, *_points(earned, possible, language, scored, bold=True))
    statements = {name: check.statement for name, check in checks.items()}
    for verdict in verdicts:
        check = checks[verdict.check]
        got = check.points if verdict.passed else Decimal(0)
        table.add_row(
            _SIGNS[verdict.status],
            _told(check, verdict, statements, language),
            *_points(got, check.points, language, scored, bold=False),
        )
    table.add_section()


def _add_predictions(table: Table, unit: Unit, predicted: Predictions, language: Language) -> None:
    possible = sum((part.by_predictions for part in unit.parts), Decimal(0))
    counts = {"usable": len(predicted.usable), "wanted": predicted.wanted}
    said = _USABLE[unit.asked][language].format(**counts)
    lines = [said, *(f"[red]{_safe(note[language])}[/]" for note in predicted.notes)]
    sign = _SIGNS[Status.PASSED if predicted.complete else Status.FAILED]
    table.add_row(sign, "\n".join(lines), f"… / {number(possible, language)}")


def _points(
    earned: Decimal, possible: Decimal, language: Language, scored: bool, *, bold: bool
) -> list[str]:
    if not scored:
        return []
    text = f"{number(earned, language)} / {number(possible, language)}"
    return [f"[bold]{text}[/]" if bold else text]


def _told(
    check: Check, verdict: Verdict, statements: Mapping[str, Text], language: Language
) -> str:
    lines = [escape(check.statement[language])]
    if verdict.passed:
        return lines[0]
    lines.append(f"[red]{_safe(sentence(verdict, statements)[language])}[/]")
    if verdict.detail and verdict.status is not Status.BLOCKED:
        lines.append(f"[dim]{_safe(verdict.detail)}[/]")
    if verdict.got or verdict.expected:
        got, expected = _safe(verdict.got), _safe(verdict.expected)
        lines.append(f"{_GOT[language]}: {got}   {_EXPECTED[language]}: {expected}")
    if verdict.hint:
        lines.append(f"[cyan]{_HINT[language]}: {escape(verdict.hint[language])}[/]")
    return "\n".join(lines)


def _safe(text: str) -> str:
    return escape(printable(text))
