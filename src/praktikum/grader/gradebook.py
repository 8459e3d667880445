"""The gradebook: for every student and task a score, and for every student a mark.

Pure: rows are computed from facts, the course and the time. Where something is pending (points
by hand, an error of ours, a task that can still be handed in), a score is a range, and so may be
the mark. A task that was handed in is taken as it is: that a student may try again is not in
the range.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from praktikum.course.calendar import Course, Task
from praktikum.grader.facts import Attempt, Extension, HandPoints, OutsideScore
from praktikum.grader.lateness import closes, days_late
from praktikum.grader.marks import Standing, standing
from praktikum.grader.penalty import Score, best_of, score
from praktikum.grader.tally import CheckedUnit, Tally, tally

__all__ = ["Ledger", "Row", "TaskResult", "gradebook"]

_NOTHING = Score(Decimal(0), Decimal(0), Decimal(0), 0, Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What one task brings to one student.

    Attributes:
        due: the student's own last minute: an extension is in it.
        low, high: the score, if nothing and if all of what is pending comes.
        attempt: the attempt that counts; None where there is none.
        tally: the points of that attempt, part by part.
        outside: the score given elsewhere, where it was.
    """

    task: Task
    due: dt.datetime
    low: Score
    high: Score
    attempt: Attempt | None = None
    tally: Tally | None = None
    outside: OutsideScore | None = None

    @property
    def handed_in(self) -> bool:
        return self.attempt is not None or self.outside is not None

    @property
    def exact(self) -> bool:
        """Whether nothing that is pending could change the score."""
        return self.low.total == self.high.total


@dataclass(frozen=True, slots=True)
class Row:
    """One student: a result for each task of the course, and where these make them stand."""

    student: str
    tasks: tuple[TaskResult, ...]
    low: Standing
    high: Standing

    @property
    def exact(self) -> bool:
        """Whether the mark is certain."""
        return self.low.mark == self.high.mark


class Ledger:
    """The facts of a class except its attempts, ready to be looked up.

    A row needs one student's attempts only, so a class of any size can be streamed through.
    """

    def __init__(
        self,
        course: Course,
        units: Mapping[str, CheckedUnit],
        now: dt.datetime,
        hand_points: Iterable[HandPoints] = (),
        extensions: Iterable[Extension] = (),
        outside: Iterable[OutsideScore] = (),
    ) -> None:
        """Take the facts; ``units`` has those of the tasks that are graded here, by task id."""
        self.course = course
        self._units = units
        self._now = now
        self._hand: dict[tuple[str, str], dict[str, HandPoints]] = defaultdict(dict)
        for fact in hand_points:
            self._hand[fact.student, fact.task][fact.part] = fact
        self._until = {(fact.student, fact.task): fact.until for fact in extensions}
        self._outside = {(fact.student, fact.task): fact for fact in outside}

    def due(self, student: str, task: Task) -> dt.datetime:
        """Return the student's last minute for a task: an extension never makes it earlier."""
        return max(task.due, self._until.get((student, task.id), task.due), key=closes)

    def tally(self, attempt: Attempt) -> Tally:
        """Return the points of an attempt, part by part."""
        hand = self._hand.get((attempt.student, attempt.task), {})
        return tally(self._units[attempt.task], attempt, hand)

    def result(self, student: str, task: Task, attempts: Sequence[Attempt]) -> TaskResult:
        """Return what a task brings to a student who made these attempts at it.

        A score given elsewhere stands in place of attempts.
        """
        due, rules = self.due(student, task), self.course.rules
        if outside := self._outside.get((student, task.id)):
            days = days_late(outside.received, due) if outside.received else 0
            given = score(outside.points, outside.bonus, days, rules)
            return TaskResult(task, due, given, given, outside=outside)
        if not attempts:
            return TaskResult(task, due, _NOTHING, self._if_handed_in_now(task, due))
        ordered = sorted(attempts, key=lambda attempt: attempt.received)
        tallies = [self.tally(attempt) for attempt in ordered]
        days_of = [days_late(attempt.received, due) for attempt in ordered]
        lows = [one.low(days, rules) for one, days in zip(tallies, days_of, strict=True)]
        highs = [one.high(days, rules) for one, days in zip(tallies, days_of, strict=True)]
        counts = len(ordered) - 1
        if rules.attempts == "best":
            counts = max(
                range(len(ordered)), key=lambda place: (lows[place].total, highs[place].total)
            )
        return TaskResult(
            task,
            due,
            best_of(lows, rules),
            best_of(highs, rules),
            attempt=ordered[counts],
            tally=tallies[counts],
        )

    def row(self, student: str, attempts: Iterable[Attempt]) -> Row:
        """Return a student's row, made of all of the student's attempts."""
        by_task: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in attempts:
            by_task[attempt.task].append(attempt)
        results = tuple(self.result(student, task, by_task[task.id]) for task in self.course.tasks)
        marks = self.course.rules.marks
        return Row(
            student,
            results,
            standing([result.low for result in results], marks),
            standing([result.high for result in results], marks),
        )

    def strangers(self, students: Iterable[str]) -> tuple[str, ...]:
        """Return the names in facts that are of none of these students: misspelt ones, mostly."""
        named = {student for student, _ in (*self._hand, *self._until)}
        return tuple(sorted(named - set(students)))

    def students_outside(self) -> Iterator[str]:
        """Return the names of those who have a score given elsewhere; one may come repeatedly."""
        return (student for student, _ in self._outside)

    def _if_handed_in_now(self, task: Task, due: dt.datetime) -> Score:
        checked = self._units.get(task.id)
        bonus = checked.unit.bonus_points if checked else Decimal(0)
        return score(task.points, bonus, days_late(self._now, due), self.course.rules)


def gradebook(ledger: Ledger, attempts: Iterable[Attempt]) -> tuple[Row, ...]:
    """Return a row for each student who has an attempt or a score, in the order of names."""
    by_student: dict[str, list[Attempt]] = {student: [] for student in ledger.students_outside()}
    for attempt in attempts:
        by_student.setdefault(attempt.student, []).append(attempt)
    return tuple(ledger.row(student, by_student[student]) for student in sorted(by_student))
