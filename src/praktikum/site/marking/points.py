"""Points by hand: who marks what just now, and giving points so that nobody's are overwritten.

A claim keeps others off an answer for a while. It is a courtesy: what makes sure is that whoever
gives points says which ones were seen, and newer ones stop it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from praktikum.site.classroom.journal import Verb, record
from praktikum.site.classroom.models import Attempt, HandPoints, MarkingClaim
from praktikum.site.people.models import User

__all__ = [
    "CLAIMED_FOR",
    "MarkedMeanwhileError",
    "Subject",
    "claim",
    "give",
    "history",
    "release",
    "version",
]

CLAIMED_FOR = dt.timedelta(minutes=20)


class MarkedMeanwhileError(ValueError):
    """Somebody gave points since the page was opened, or is marking the answer now."""

    def __init__(self, by: User) -> None:
        super().__init__(f"{by.name} was at this answer meanwhile: look at it again")
        self.by = by


@dataclass(frozen=True, slots=True)
class Subject:
    """What is marked: one part of one student's task."""

    student: User
    task: str
    part: str

    @classmethod
    def of(cls, attempt: Attempt, part: str) -> Subject:
        return cls(attempt.student, attempt.task, part)

    @property
    def key(self) -> dict[str, User | str]:
        return {"student": self.student, "task": self.task, "part": self.part}


def claim(subject: Subject, by: User, now: dt.datetime) -> MarkingClaim:
    """Return the claim that holds: a new or renewed one of ``by``, or another person's."""
    with transaction.atomic():
        MarkingClaim.objects.filter(**subject.key, until__lte=now).delete()
        held, _ = MarkingClaim.objects.select_related("by").get_or_create(
            **subject.key, defaults={"by": by, "until": now + CLAIMED_FOR}
        )
        if held.by_id == by.pk:
            held.until = now + CLAIMED_FOR
            held.save(update_fields=["until"])
    return held


def release(subject: Subject, by: User) -> None:
    """Let others mark it."""
    MarkingClaim.objects.filter(**subject.key, by=by).delete()


def history(subject: Subject) -> list[HandPoints]:
    """Return all that was ever given for it, the newest first."""
    return list(HandPoints.objects.filter(**subject.key).select_related("by").order_by("-id"))


def version(subject: Subject) -> int:
    """Return a number that grows when points are given; 0 before the first."""
    newest = HandPoints.objects.filter(**subject.key).order_by("-id").first()
    return newest.pk if newest else 0


def give(
    subject: Subject,
    attempt: Attempt,
    points: Decimal | None,
    comment: str,
    by: User,
    now: dt.datetime,
    *,
    seen: int,
    knowingly: bool = False,
) -> HandPoints:
    """Return the stored points; those before stay on record.

    Args:
        attempt: what was looked at.
        points: None takes back what was given.
        seen: the `version` that ``by`` saw.
        knowingly: give them although somebody else is marking the answer just now.

    Raises:
        MarkedMeanwhileError: there is a newer version, or somebody else holds the claim.
    """
    with transaction.atomic():
        # Whoever marks something of this student waits here for whoever does, too.
        User.objects.select_for_update().get(pk=subject.student.pk)
        past = history(subject)
        if past and past[0].pk != seen:
            raise MarkedMeanwhileError(past[0].by)
        others = MarkingClaim.objects.filter(**subject.key, until__gt=now).exclude(by=by)
        holder = others.select_related("by").first()
        if holder is not None and not knowingly:
            raise MarkedMeanwhileError(holder.by)
        given = HandPoints.objects.create(
            **subject.key, points=points, comment=comment, attempt=attempt, by=by, at=now
        )
        what = f"{subject.student.username}, {subject.task}, {subject.part}"
        record(by, Verb.MARKED, what, now, points=None if points is None else str(points))
        release(subject, by)
    return given
