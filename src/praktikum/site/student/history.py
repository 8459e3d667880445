"""A student's attempts at a task, the newest first, with what is known of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from praktikum.grader.report import Report, make_report
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.ledger import attempt_facts, open_ledger
from praktikum.site.classroom.models import Attempt, Grading
from praktikum.site.grading.queue import place
from praktikum.site.people.models import User

__all__ = ["PastAttempt", "history"]


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One attempt.

    Attributes:
        counts: whether it is the one that the course's rule takes.
        report: None until it is graded.
        before: how many jobs come before it in the queue; None where it isn't queued.
    """

    attempt: Attempt
    counts: bool
    report: Report | None
    before: int | None


def history(loaded: LoadedCourse, student: User, task: str, now: dt.datetime) -> list[PastAttempt]:
    """Return the attempts of a student at a task."""
    gradings = Grading.objects.current().filter(attempt__student=student, attempt__task=task)
    graded = {grading.attempt_id: attempt_facts(grading) for grading in gradings}
    ledger = open_ledger(loaded, now, [student])
    known = loaded.course.task(task)
    result = ledger.result(student.username, known, list(graded.values()))
    return [
        PastAttempt(
            attempt,
            counts=graded.get(attempt.pk) is result.attempt and result.attempt is not None,
            report=make_report(ledger, graded[attempt.pk]) if attempt.pk in graded else None,
            before=None if attempt.pk in graded else place(attempt),
        )
        for attempt in student.attempts.filter(task=task).order_by("-received", "-id")
    ]
