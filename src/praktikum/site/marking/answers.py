"""What there is to mark: of each student the attempt that counts, and of it the parts by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from praktikum.course.unit import Part
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.ledger import attempt_facts, open_ledger
from praktikum.site.classroom.models import Attempt, Grading, HandPoints, MarkingClaim
from praktikum.site.marking.work import work_of
from praktikum.site.people.models import User

__all__ = ["Answer", "answers", "counts", "parts_by_hand", "queue_of"]

State = Literal["waiting", "changed", "marked"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One student's answer to one part.

    Attributes:
        attempt: the one that counts.
        given: the points that it has by now, if any.
        claim: who is marking it now, if anybody.
    """

    attempt: Attempt
    part: Part
    given: HandPoints | None
    claim: MarkingClaim | None

    @property
    def state(self) -> State:
        """Whether it waits, is marked, or was changed by handing in again after it was marked."""
        if self.given is None:
            return "waiting"
        then = self.given.attempt
        if then is None or then.file_id == self.attempt.file_id:
            return "marked"
        return "marked" if _words(then, self.part) == _words(self.attempt, self.part) else "changed"

    def is_free_for(self, user: User) -> bool:
        """Whether nobody else is marking it."""
        return self.claim is None or self.claim.by_id == user.pk


def parts_by_hand(loaded: LoadedCourse, task: str) -> tuple[Part, ...]:
    """Return the parts of a task for which a person gives points."""
    return tuple(part for part in loaded.packs[task].unit.parts if part.by_hand)


def answers(
    loaded: LoadedCourse, now: dt.datetime, students: Iterable[User], task: str
) -> list[Answer]:
    """Return the answers of these students at a task.

    Their order is that of the attempts' random names, which tells nothing about who wrote them.
    """
    students = list(students)
    given, claims = _newest(task, students), _claims(task, now)
    found = [
        Answer(
            attempt,
            part,
            given.get((attempt.student_id, part.id)),
            claims.get((attempt.student_id, part.id)),
        )
        for attempt in _counting(loaded, now, students, task)
        for part in parts_by_hand(loaded, task)
    ]
    return sorted(found, key=lambda answer: str(answer.attempt.public))


def queue_of(found: Iterable[Answer], part: str, user: User) -> Iterator[Answer]:
    """Give the answers to a part that ``user`` should mark next, those under way first."""
    open_ones = [
        answer
        for answer in found
        if answer.part.id == part and answer.state != "marked" and answer.is_free_for(user)
    ]
    yield from (answer for answer in open_ones if answer.claim is not None)
    yield from (answer for answer in open_ones if answer.claim is None)


def counts(found: Iterable[Answer]) -> dict[str, Counter[State]]:
    """Return how many answers are in which state, by part."""
    by_part: dict[str, Counter[State]] = defaultdict(Counter)
    for answer in found:
        by_part[answer.part.id][answer.state] += 1
    return by_part


def _counting(
    loaded: LoadedCourse, now: dt.datetime, students: list[User], task: str
) -> Iterator[Attempt]:
    """Give the readable attempt that counts of each student; none under a score from elsewhere."""
    gradings = Grading.objects.current().filter(attempt__task=task, attempt__student__in=students)
    graded: dict[int, list[Grading]] = defaultdict(list)
    for grading in gradings.select_related("attempt__student"):
        graded[grading.attempt.student_id].append(grading)
    ledger, known = open_ledger(loaded, now, students), loaded.course.task(task)
    for student in students:
        facts = [(attempt_facts(each), each.attempt) for each in graded[student.pk]]
        result = ledger.result(student.username, known, [fact for fact, _ in facts])
        for fact, attempt in facts:
            if fact is result.attempt and fact.readable:
                yield attempt


def _newest(task: str, students: list[User]) -> dict[tuple[int, str], HandPoints]:
    rows = HandPoints.objects.filter(task=task, student__in=students).select_related(
        "attempt", "by"
    )
    newest = {(row.student_id, row.part): row for row in rows}  # a later row replaces
    return {key: row for key, row in newest.items() if row.points is not None}


def _claims(task: str, now: dt.datetime) -> dict[tuple[int, str], MarkingClaim]:
    held = MarkingClaim.objects.filter(task=task, until__gt=now).select_related("by")
    return {(each.student_id, each.part): each for each in held}


def _words(attempt: Attempt, part: Part) -> tuple[str, ...]:
    """Return what the student wrote about a part."""
    return tuple(cell.source for cell in work_of(attempt).about(part.id) if not cell.given)
