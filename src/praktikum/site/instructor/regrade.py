"""Grading a task again: a round of its own beside what is there, looked at, then applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from praktikum.checks import Verdict
from praktikum.grader.gradebook import Row, TaskResult
from praktikum.site.classroom.course import LoadedCourse, record_version
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.classroom.ledger import attempt_facts, rows_of
from praktikum.site.classroom.models import Attempt, Grading, Round
from praktikum.site.grading.queue import put
from praktikum.site.people.models import User

__all__ = ["Change", "apply_regrade", "changes", "open_regrade", "turned_checks"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade would change for one student."""

    student: User
    before: TaskResult
    after: TaskResult
    row_before: Row
    row_after: Row

    @property
    def marks_differ(self) -> bool:
        """Whether the mark, or what it may still become, is another one."""
        return (self.row_before.low.mark, self.row_before.high.mark) != (
            self.row_after.low.mark,
            self.row_after.high.mark,
        )


def open_regrade(loaded: LoadedCourse, task: str, why: str, by: User, now: dt.datetime) -> Round:
    """Return a new round, in which all attempts at ``task`` wait to be graded."""
    with transaction.atomic():
        version = record_version(loaded, now)
        round = Round.objects.create(why=why, by=by, course_version=version, opened_at=now)
        attempts = Attempt.objects.filter(task=task).order_by("received", "id")
        count = len([put(attempt, round, now) for attempt in attempts])
        record(by, Verb.OPENED_REGRADE, task, now, round=round.pk, why=why, attempts=count)
    return round


def apply_regrade(round: Round, by: User, now: dt.datetime) -> bool:
    """Let the gradings of a round count from now on; return whether they do.

    They don't, as long as some of its attempts are still to be graded. Nothing is lost by it: the
    gradings before stay where they are.
    """
    with transaction.atomic():
        if round.jobs.exists():
            return False
        applied = Round.objects.filter(pk=round.pk, applied_at=None).update(applied_at=now)
        if applied:
            record(by, Verb.APPLIED_REGRADE, round.why, now, round=round.pk)
    return bool(applied)


def changes(
    loaded: LoadedCourse, round: Round, students: Sequence[User], now: dt.datetime
) -> Iterator[Change]:
    """Yield, for each student whose score or mark would be another one, what applying changes."""
    before = rows_of(loaded, now, students)
    after = rows_of(loaded, now, students, also=round)
    for (student, old), (_, new) in zip(before, after, strict=True):
        for one, other in zip(old.tasks, new.tasks, strict=True):
            if (one.low, one.high) != (other.low, other.high):
                yield Change(student, one, other, old, new)


def turned_checks(round: Round) -> dict[str, tuple[int, int]]:
    """Return how many attempts gain and lose each check in a round, against what counts else."""
    attempts = round.gradings.values("attempt")
    counted = {
        each.attempt_id: attempt_facts(each).verdicts
        for each in Grading.objects.current().filter(attempt__in=attempts)
    }
    turned: dict[str, tuple[int, int]] = {}
    for grading in round.gradings.all():
        before = _passed(counted.get(grading.attempt_id, ()))
        after = _passed(attempt_facts(grading).verdicts)
        for check in before ^ after:
            gained, lost = turned.get(check, (0, 0))
            turned[check] = (gained + (check in after), lost + (check in before))
    return turned


def _passed(verdicts: Sequence[Verdict]) -> set[str]:
    return {verdict.check for verdict in verdicts if verdict.passed}
