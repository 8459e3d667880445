"""The points of one attempt, part by part: earned for certain, and those that may still come.

Points may still come where a person has not given theirs yet, where a check ended with an error
of ours or was not run, and where nobody has measured the predictions: none of these is ever a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from praktikum.checks import Check, Status, Verdict
from praktikum.course.rules import Rules
from praktikum.course.thresholds import Threshold, next_after, points_for
from praktikum.course.unit import Part, Unit
from praktikum.grader.facts import Attempt, HandPoints, Measured
from praktikum.grader.penalty import Score, score

__all__ = ["CheckTally", "CheckedUnit", "PartTally", "Tally", "tally"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CheckedUnit:
    """A task's unit with its checks."""

    unit: Unit
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CheckTally:
    """A check and the verdict on it; None where it was not run."""

    check: Check
    verdict: Verdict | None

    @property
    def pending(self) -> bool:
        """Whether the instructor has to look: it was not run, or the error is ours."""
        return self.verdict is None or self.verdict.status is Status.ERROR

    @property
    def earned(self) -> Decimal:
        """Its points if it passed, else 0."""
        return self.check.points if self.verdict and self.verdict.passed else _ZERO


@dataclass(frozen=True, slots=True)
class PartTally:
    """One part of the task: its checks, what a person gave, and what the predictions are.

    Attributes:
        awaits_hand: a person has still to give points for it.
        measured: what the attempt's predictions are, where the part gives points for them.
        awaits_measure: they have still to be measured.
    """

    part: Part
    checks: tuple[CheckTally, ...]
    hand: HandPoints | None
    awaits_hand: bool
    measured: Measured | None = None
    awaits_measure: bool = False

    @property
    def by_predictions(self) -> Decimal:
        """The points that predictions earn."""
        return points_for(self.measured.value, self.part.thresholds) if self.measured else _ZERO

    @property
    def next_threshold(self) -> Threshold | None:
        """What predictions would have to reach for more points; None where there are no more."""
        return next_after(self.measured.value, self.part.thresholds) if self.measured else None

    @property
    def by_machine(self) -> Decimal:
        """The points of checks and predictions that are certain."""
        return sum((check.earned for check in self.checks), self.by_predictions)

    @property
    def earned(self) -> Decimal:
        """The points that are certain: never more than the part has.

        They could be: points given by hand for a check that failed stay when it passes later.
        """
        by_hand = self.hand.points if self.hand else _ZERO
        return min(self.by_machine + by_hand, self.part.points)

    @property
    def pending(self) -> Decimal:
        """The points that may still come."""
        by_hand = self.part.by_hand if self.awaits_hand else _ZERO
        by_predictions = self.part.by_predictions if self.awaits_measure else _ZERO
        checks = sum((check.check.points for check in self.checks if check.pending), _ZERO)
        return min(checks + by_hand + by_predictions, self.part.points - self.earned)


@dataclass(frozen=True, slots=True)
class Tally:
    """All parts of one attempt."""

    parts: tuple[PartTally, ...]

    def low(self, days: int, rules: Rules) -> Score:
        """Return its score ``days`` days late if nothing more comes."""
        return score(self._sum(bonus=False), self._sum(bonus=True), days, rules)

    def high(self, days: int, rules: Rules) -> Score:
        """Return its score ``days`` days late if all that is pending comes."""
        base = self._sum(bonus=False) + self._sum_pending(bonus=False)
        bonus = self._sum(bonus=True) + self._sum_pending(bonus=True)
        return score(base, bonus, days, rules)

    @property
    def errors(self) -> tuple[CheckTally, ...]:
        """The checks at which the instructor has to look."""
        return tuple(check for part in self.parts for check in part.checks if check.pending)

    def _sum(self, *, bonus: bool) -> Decimal:
        return sum((part.earned for part in self.parts if part.part.bonus is bonus), _ZERO)

    def _sum_pending(self, *, bonus: bool) -> Decimal:
        return sum((part.pending for part in self.parts if part.part.bonus is bonus), _ZERO)


def tally(checked: CheckedUnit, attempt: Attempt, hand: Mapping[str, HandPoints]) -> Tally:
    """Return the points of an attempt; ``hand`` has what people gave the student, by part.

    A submission that could not be read has nothing that a person could mark.
    """
    verdicts = {verdict.check: verdict for verdict in attempt.verdicts}
    by_part: dict[str, list[CheckTally]] = {part.id: [] for part in checked.unit.parts}
    for check in checked.checks:
        by_part[check.part].append(CheckTally(check, verdicts.get(check.name)))
    readable = attempt.readable
    return Tally(
        tuple(
            PartTally(
                part,
                tuple(by_part[part.id]),
                hand.get(part.id),
                awaits_hand=bool(part.by_hand) and readable and part.id not in hand,
                measured=attempt.measured if part.thresholds else None,
                awaits_measure=bool(part.thresholds) and readable and attempt.measured is None,
            )
            for part in checked.unit.parts
        )
    )
