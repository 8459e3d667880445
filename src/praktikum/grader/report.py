"""What is told about one submission, as data: parts, checks, and how the score came about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from praktikum.checks import Text
from praktikum.course.calendar import Course, Task
from praktikum.course.rules import Rules
from praktikum.grader.facts import Attempt
from praktikum.grader.gradebook import Ledger
from praktikum.grader.lateness import days_late
from praktikum.grader.penalty import Score
from praktikum.grader.phrasing import days_in_words, plain
from praktikum.grader.tally import CheckTally, PartTally, Tally
from praktikum.grader.words import NOT_RUN, STATUS, predictions_in_words, sentence

__all__ = ["Line", "Report", "arithmetic", "make_report", "report_to_json"]

NOT_ISOLATED = Text(
    ru="Это решение запускали без песочницы (--trust-submissions): "
    "ничто не мешало ему повлиять на свою оценку.",
    en="This submission was run without the sandbox (--trust-submissions): "
    "nothing kept it from tampering with its own grade.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sum: what it is, and its points, a range where they are not certain."""

    label: Text
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """One submission: what was found out, when it was due, what it is worth."""

    course: Course
    task: Task
    attempt: Attempt
    due: dt.datetime
    tally: Tally
    low: Score
    high: Score

    @property
    def extended(self) -> bool:
        """Whether the student had more time than the others."""
        return self.due != self.task.due

    @property
    def bonus_possible(self) -> Decimal:
        """What the bonus parts can bring."""
        parts = (tallied.part for tallied in self.tally.parts)
        return sum((part.points for part in parts if part.bonus), Decimal(0))

    @property
    def statements(self) -> dict[str, Text]:
        """What each check asks, by its name."""
        checks = (one.check for part in self.tally.parts for one in part.checks)
        return {check.name: check.statement for check in checks}

    @property
    def lines(self) -> tuple[Line, ...]:
        """The sum that ends in the score."""
        return arithmetic(self.low, self.high, self.course.rules)


def make_report(ledger: Ledger, attempt: Attempt) -> Report:
    """Return the report on an attempt."""
    task = ledger.course.task(attempt.task)
    due = ledger.due(attempt.student, task)
    points = ledger.tally(attempt)
    days = days_late(attempt.received, due)
    rules = ledger.course.rules
    low, high = points.low(days, rules), points.high(days, rules)
    return Report(ledger.course, task, attempt, due, points, low, high)


def arithmetic(low: Score, high: Score, rules: Rules) -> tuple[Line, ...]:
    """Return the lines that add up to the score (earned, bonus, lateness), and the score."""
    base = Line(Text(ru="Баллы за задание", en="Points of the task"), low.base, high.base)
    bonus = Line(
        Text(ru="Бонус", en="Bonus"), low.bonus + low.bonus_dropped, high.bonus + high.bonus_dropped
    )
    dropped = Line(
        Text(ru="Бонус после срока не засчитан", en="Bonus after the deadline does not count"),
        -low.bonus_dropped,
        -high.bonus_dropped,
    )
    late = Line(_lateness(low, high), -low.taken, -high.taken)
    total = Line(Text(ru="Итого", en="Total"), low.total, high.total)
    extra = [line for line in (bonus, dropped) if line.high or line.low]
    delay = [late] if low.days else []
    inner = [*extra, *delay] if rules.bonus_penalised else [*delay, *extra]
    return (base, *inner, total)


def report_to_json(report: Report) -> dict[str, Any]:
    """Return the report as plain data: texts in both languages, points as decimal strings."""
    attempt = report.attempt
    return {
        "id": attempt.id,
        "student": attempt.student,
        "task": {"id": report.task.id, "title": asdict(report.task.title)},
        "source": attempt.source,
        "sha256": attempt.digest,
        "received": attempt.received.astimezone(report.course.zone).isoformat(),
        "due": report.due.astimezone(report.course.zone).isoformat(),
        "extended": report.extended,
        "days_late": report.low.days,
        "isolated": attempt.isolated,
        "notes": [asdict(note) for note in attempt.notes],
        "parts": [_part(part, report.statements) for part in report.tally.parts],
        "arithmetic": [
            {"label": asdict(line.label), "low": plain(line.low), "high": plain(line.high)}
            for line in report.lines
        ],
        "score": {"low": plain(report.low.total), "high": plain(report.high.total)},
        "possible": plain(report.task.points),
    }


def _lateness(low: Score, high: Score) -> Text:
    days = days_in_words(low.days)
    late = Text(ru=f"Опоздание на {days.ru}", en=f"Late by {days.en}")
    if low.lost is None:
        return Text(
            ru=f"{late.ru}: жёсткий срок прошёл, баллов не остаётся",
            en=f"{late.en}: after the hard deadline nothing is left",
        )
    if low.taken < low.lost and high.taken < low.lost:
        return Text(
            ru=f"{late.ru} (снимается {plain(low.lost)}, но не ниже нуля)",
            en=f"{late.en} ({plain(low.lost)} off, but not below zero)",
        )
    return late


def _part(part: PartTally, statements: Mapping[str, Text]) -> dict[str, Any]:
    hand = part.hand
    return {
        "id": part.part.id,
        "title": asdict(part.part.title),
        "bonus": part.part.bonus,
        "earned": plain(part.earned),
        "pending": plain(part.pending),
        "possible": plain(part.part.points),
        "by_hand": {
            "possible": plain(part.part.by_hand),
            "awaited": part.awaits_hand,
            "points": plain(hand.points) if hand else None,
            "comment": hand.comment if hand else "",
        },
        "by_predictions": _by_predictions(part) if part.part.thresholds else None,
        "checks": [_check(check, statements) for check in part.checks],
    }


def _by_predictions(part: PartTally) -> dict[str, Any]:
    measured = part.measured
    return {
        "possible": plain(part.part.by_predictions),
        "awaited": part.awaits_measure,
        "points": plain(part.by_predictions),
        ("iou" if part.part.by_iou else "si_sdr"): measured and str(measured.value),
        "usable": measured and measured.usable,
        "given": measured and measured.given,
        "thresholds": [[str(step.value), plain(step.points)] for step in part.part.thresholds],
        "sentence": asdict(predictions_in_words(part)),
    }


def _check(tallied: CheckTally, statements: Mapping[str, Text]) -> dict[str, Any]:
    check, verdict = tallied.check, tallied.verdict
    found: dict[str, Any] = {
        "name": check.name,
        "statement": asdict(check.statement),
        "points": plain(check.points),
        "earned": plain(tallied.earned),
    }
    if verdict is None:
        return found | {"status": "not_run", "sentence": asdict(NOT_RUN)}
    return found | {
        "status": verdict.status.value,
        "status_in_words": asdict(STATUS[verdict.status]),
        "reason": verdict.reason and verdict.reason.value,
        "sentence": asdict(sentence(verdict, statements)),
        "where": verdict.where,
        "got": verdict.got,
        "expected": verdict.expected,
        "detail": verdict.detail,
        "hint": verdict.hint and asdict(verdict.hint),
    }
