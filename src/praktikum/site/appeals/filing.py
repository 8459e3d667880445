"""Appeals: filing one, answering it, and the points that an answer may bring."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from praktikum.grader.report import Report
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.classroom.models import Answer, Appeal, Attempt
from praktikum.site.marking.points import Subject, give
from praktikum.site.people.models import User

__all__ = [
    "AlreadyAnsweredError",
    "AlreadyFiledError",
    "Given",
    "Topic",
    "answer",
    "file_appeal",
    "most_by_hand",
]


class AlreadyFiledError(ValueError):
    """The student has an appeal on the same thing that nobody has answered yet."""


class AlreadyAnsweredError(ValueError):
    """Somebody answered since the page was opened."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What an appeal is about: a part, one check of it, or the whole (both empty)."""

    part: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """Points by hand that come with an answer; ``seen`` is the version that was on the page."""

    points: Decimal
    seen: int


def file_appeal(attempt: Attempt, topic: Topic, text: str, now: dt.datetime) -> Appeal:
    """Return the stored appeal.

    Raises:
        AlreadyFiledError: there is one on the same thing without an answer.
    """
    about = {"attempt": attempt, "part": topic.part, "check_name": topic.check}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=attempt.student_id)
        if Appeal.objects.filter(**about, answers=None).exists():
            raise AlreadyFiledError(f"the appeal on {topic.check or topic.part!r} is not answered")
        return Appeal.objects.create(**about, text=text, at=now)


def answer(
    appeal: Appeal,
    text: str,
    by: User,
    now: dt.datetime,
    *,
    granted: bool,
    answers_seen: int,
    given: Given | None = None,
) -> Answer:
    """Return the stored answer; points come with it or, where they can't, neither does.

    Raises:
        AlreadyAnsweredError: there are more answers than ``by`` saw.
        MarkedMeanwhileError: somebody gave points for the part meanwhile, or is about to.
    """
    with transaction.atomic():
        Appeal.objects.select_for_update().get(pk=appeal.pk)
        if appeal.answers.count() != answers_seen:
            raise AlreadyAnsweredError("somebody answered meanwhile: look at it again")
        stored = Answer.objects.create(appeal=appeal, by=by, at=now, text=text, granted=granted)
        what = f"{appeal.attempt.student.username}, {appeal.attempt.task}, {appeal.part}"
        record(by, Verb.ANSWERED, what, now, granted=granted)
        if given is not None:
            subject = Subject.of(appeal.attempt, appeal.part)
            give(subject, appeal.attempt, given.points, text, by, now, seen=given.seen)
    return stored


def most_by_hand(report: Report, part: str) -> Decimal:
    """Return how many points by hand leave a part within its points; 0 for no part."""
    found = (each for each in report.tally.parts if each.part.id == part)
    return next((each.part.points - each.by_machine for each in found), _ZERO)


_ZERO = Decimal(0)
