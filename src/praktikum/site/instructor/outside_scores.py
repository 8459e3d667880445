"""Scores that were given elsewhere, as a table: looked at first, then stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from praktikum.course.calendar import Course
from praktikum.grader.fact_tables import scores_in
from praktikum.grader.facts import FactsError, OutsideScore
from praktikum.site.classroom import models
from praktikum.site.people.models import User

__all__ = ["scores_plan", "store_scores"]


def scores_plan(
    name: str, content: bytes, course: Course, students: Iterable[User]
) -> list[tuple[User, OutsideScore]]:
    """Return whose scores a table gives; a student is called by sign-in name or by a name.

    Raises:
        FactsError: with every mistake of the table.
    """
    scores = scores_in(name, content, course)
    everybody = list(students)
    bearers = Counter(student.name for student in everybody)
    by_call = {each.name: each for each in everybody if bearers[each.name] == 1}
    by_call |= {each.username: each for each in everybody}
    unknown = sorted({score.student for score in scores if score.student not in by_call})
    if unknown:
        raise FactsError(
            f"{name}: student: {call!r} is nobody's sign-in name and not one student's name"
            for call in unknown
        )
    found = [(by_call[score.student], score) for score in scores]
    twice = Counter((user.username, score.task) for user, score in found)
    if again := [key for key, count in twice.items() if count > 1]:
        raise FactsError(f"{name}: two scores for {user} at {task}" for user, task in again)
    return found


def store_scores(plan: Iterable[tuple[User, OutsideScore]], by: User, now: dt.datetime) -> int:
    """Store the scores beside what was given before; return how many there are."""
    stored = models.OutsideScore.objects.bulk_create(
        models.OutsideScore(
            student=student,
            task=score.task,
            points=score.points,
            bonus=score.bonus,
            received=score.received,
            by=by,
            at=now,
        )
        for student, score in plan
    )
    return len(stored)
