"""What a task is worth: its points, its bonus, and what lateness takes from them.

Pure functions of points, days and the course's rules. Later is never better, more points are
never worth less, and no score is below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from praktikum.course.rules import ByDay, PerDay, Rules

__all__ = ["Score", "best_of", "points_lost", "score"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its arithmetic.

    Attributes:
        base: points of the task itself, as earned.
        bonus: points of its bonus that count.
        bonus_dropped: points of its bonus that came too late to count.
        days: started days late.
        lost: what the rule takes for these days; None where nothing is left after so many.
        total: what remains.
    """

    base: Decimal
    bonus: Decimal
    bonus_dropped: Decimal
    days: int
    lost: Decimal | None
    total: Decimal

    @property
    def raw(self) -> Decimal:
        """What was earned, before lateness."""
        return self.base + self.bonus + self.bonus_dropped

    @property
    def taken(self) -> Decimal:
        """What lateness really took: no more than there was to take from."""
        return self.base + self.bonus - self.total


def points_lost(lateness: PerDay | ByDay, days: int) -> Decimal | None:
    """Return the points that ``days`` started days cost; None where they cost everything."""
    if days == 0:
        return _ZERO
    if isinstance(lateness, ByDay):
        return lateness.lost[days - 1] if days <= len(lateness.lost) else None
    if lateness.last_day is not None and days > lateness.last_day:
        return None
    return lateness.points * days


def score(base: Decimal, bonus: Decimal, days: int, rules: Rules) -> Score:
    """Return the score of a submission that earned these points and came ``days`` days late."""
    lost = points_lost(rules.lateness, days)
    counts = days == 0 or rules.bonus_after_deadline
    counted = bonus if counts else _ZERO
    exposed = base + counted if rules.bonus_penalised else base
    kept = _ZERO if lost is None else max(_ZERO, exposed - lost)
    total = kept if rules.bonus_penalised else kept + counted
    return Score(base, counted, bonus - counted, days, lost, total)


def best_of(scores: Sequence[Score], rules: Rules) -> Score:
    """Return what several attempts, in the order of their coming, are worth together.

    The best or the last attempt counts, as the course says. Where the best counts and bonus is
    not penalised, the bonus is the best one too, of whichever attempt: it may come later than
    the work, without a new look at the work's own lateness.
    """
    if rules.attempts == "last":
        return scores[-1]
    if rules.bonus_penalised:
        return max(scores, key=lambda one: one.total)
    work = max(scores, key=lambda one: one.total - one.bonus)
    bonus = max(one.bonus for one in scores)
    dropped = max(one.bonus + one.bonus_dropped for one in scores) - bonus
    total = work.total - work.bonus + bonus
    return replace(work, bonus=bonus, bonus_dropped=dropped, total=total)
