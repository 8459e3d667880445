"""Where the class stands at a task: how scores are spread, and which checks fail most.

Pure: from rows of the gradebook to numbers, and to bars in the units of a drawing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from praktikum.checks import Check, Reason, Status, Text
from praktikum.course.calendar import Task
from praktikum.course.unit import Part
from praktikum.grader.gradebook import Row, TaskResult
from praktikum.grader.words import STATUS

__all__ = ["HEIGHT", "WIDTH", "Bar", "CheckCount", "Spread", "bars", "check_counts", "spread"]

WIDTH, HEIGHT = 700, 160
"""Of a histogram, without its labels."""

_GAP = 6


@dataclass(frozen=True, slots=True)
class Spread:
    """The scores of those who handed in a task; ranges are taken at their low end.

    Attributes:
        counts: how many have at least n and less than n + 1 points, for n = 0, 1, …; the last
            one has all who have more.
        handed_in, missing: how many students did and did not.
        median: of those who did; None where nobody did.
        late: how many of them were late.
    """

    counts: tuple[int, ...]
    handed_in: int
    missing: int
    median: Decimal | None
    late: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a drawing, in whole units of it, with what it stands for."""

    label: int
    count: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How many attempts that count passed a check, and how the others did not.

    Attributes:
        why: the reasons of failing, the commonest first, with how often each came.
    """

    part: Part
    check: Check
    passed: int
    failed: int
    blocked: int
    errors: int
    why: tuple[tuple[Reason, int], ...]

    @property
    def total(self) -> int:
        """All attempts that count."""
        return self.passed + self.failed + self.blocked + self.errors

    @property
    def shares(self) -> tuple[tuple[str, Text, int, int, int], ...]:
        """Kind, its words, count, start and width in thousandths; kinds without any left out."""
        counts = (self.passed, self.failed, self.blocked, self.errors)
        kinds = (Status.PASSED, Status.FAILED, Status.BLOCKED, Status.ERROR)
        found: list[tuple[str, Text, int, int, int]] = []
        before = 0
        for kind, count in zip(kinds, counts, strict=True):
            start, end = 1000 * before // self.total, 1000 * (before + count) // self.total
            before += count
            if count:
                found.append((kind.value, STATUS[kind], count, start, end - start))
        return tuple(found)


def spread(rows: Iterable[Row], task: Task) -> Spread:
    """Return how the scores at ``task`` are spread."""
    results = [_result(row, task.id) for row in rows]
    handed_in = [each for each in results if each.handed_in]
    scores = sorted(each.low.total for each in handed_in)
    counts = [0] * (int(task.points) + 1)
    for score in scores:
        counts[min(int(score), len(counts) - 1)] += 1
    return Spread(
        tuple(counts),
        len(handed_in),
        len(results) - len(handed_in),
        _median(scores),
        sum(each.low.days > 0 for each in handed_in),
    )


def check_counts(rows: Iterable[Row], task: str) -> list[CheckCount]:
    """Return the checks of ``task``, those that fewest passed first."""
    tallies = [result.tally for row in rows if (result := _result(row, task)).tally]
    found: list[CheckCount] = []
    for place, part in enumerate(tallies[0].parts if tallies else ()):
        for number, one in enumerate(part.checks):
            verdicts = [tally.parts[place].checks[number].verdict for tally in tallies if tally]
            kinds = Counter(verdict.status if verdict else Status.ERROR for verdict in verdicts)
            why = Counter(
                verdict.reason
                for verdict in verdicts
                if verdict and verdict.reason and verdict.status is Status.FAILED
            )
            found.append(
                CheckCount(
                    part.part,
                    one.check,
                    kinds[Status.PASSED],
                    kinds[Status.FAILED],
                    kinds[Status.BLOCKED],
                    kinds[Status.ERROR],
                    tuple(why.most_common(3)),
                )
            )
    return sorted(found, key=lambda each: each.passed)


def bars(counts: Sequence[int]) -> list[Bar]:
    """Return a bar for each count, side by side over the `WIDTH` of a drawing."""
    most, step = max(counts, default=0) or 1, WIDTH // len(counts)
    return [
        Bar(
            label,
            count,
            x=label * step + _GAP // 2,
            y=HEIGHT - HEIGHT * count // most,
            width=max(1, step - _GAP),
            height=HEIGHT * count // most,
        )
        for label, count in enumerate(counts)
    ]


def _result(row: Row, task: str) -> TaskResult:
    [result] = [each for each in row.tasks if each.task.id == task]
    return result


def _median(scores: Sequence[Decimal]) -> Decimal | None:
    if not scores:
        return None
    middle = len(scores) // 2
    return scores[middle] if len(scores) % 2 else (scores[middle - 1] + scores[middle]) / 2
