"""Grading again: who would change is seen first, and what was found before stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.journal import Verb
from praktikum.site.classroom.ledger import row_of
from praktikum.site.classroom.models import Attempt, AuditEntry, Grading, Job, Round
from praktikum.site.grading.queue import place
from praktikum.site.instructor.regrade import (
    apply_regrade,
    changes,
    open_regrade,
    turned_checks,
)
from praktikum.site.people.models import User

from .conftest import NOW, TASK, store_grading

Graded = Callable[..., Grading]
HandIn = Callable[..., Attempt]


@pytest.fixture
def regrade(
    loaded: LoadedCourse, student: User, other: User, instructor: User, graded: Graded
) -> Round:
    """A round in which the student's attempt and the other one's wait."""
    graded(student, ("the_mean",))
    graded(other, ("the_mean", "the_scale"))
    return open_regrade(loaded, TASK, "the_scale was too strict", instructor, NOW)


def grade_again(round: Round, user: User, passed: tuple[str, ...]) -> None:
    [attempt] = user.attempts.all()
    assert attempt.jobs.get().round == round
    store_grading(attempt, passed)


def points(user: User) -> int:
    return int(row_of(course_now(), NOW, user).low.points)


def test_each_attempt_is_graded_again_and_nothing_counts_yet(
    regrade: Round, student: User, other: User
) -> None:
    assert regrade.jobs.count() == 2
    grade_again(regrade, student, ("the_mean", "the_scale", "both"))
    assert points(student) == 2
    assert Grading.objects.count() == 3


def test_who_would_change_is_told_before(
    regrade: Round, loaded: LoadedCourse, student: User, other: User
) -> None:
    grade_again(regrade, student, ("the_mean", "the_scale", "both"))
    grade_again(regrade, other, ("the_mean", "the_scale"))
    [change] = changes(loaded, regrade, [student, other], NOW)
    assert change.student == student
    assert (change.before.low.total, change.after.low.total) == (2, 6)
    assert change.marks_differ  # 6 points make a pass certain
    assert turned_checks(regrade) == {"the_scale": (1, 0), "both": (1, 0)}


def test_points_can_be_lost_too(regrade: Round, loaded: LoadedCourse, student: User) -> None:
    grade_again(regrade, student, ())
    [change] = changes(loaded, regrade, [student], NOW)
    assert (change.before.low.total, change.after.low.total) == (2, 0)
    assert turned_checks(regrade) == {"the_mean": (0, 1)}


def test_a_regrade_cannot_count_half(
    regrade: Round, student: User, other: User, instructor: User
) -> None:
    grade_again(regrade, student, ())
    assert not apply_regrade(regrade, instructor, NOW)
    assert points(student) == 2
    grade_again(regrade, other, ())
    assert apply_regrade(regrade, instructor, NOW)
    assert [points(student), points(other)] == [0, 0]
    assert not apply_regrade(regrade, instructor, NOW)  # once
    assert Grading.objects.count() == 4
    verbs = list(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs == [Verb.OPENED_REGRADE, Verb.APPLIED_REGRADE]


def test_an_older_regrade_does_not_undo_a_newer_one(
    regrade: Round, loaded: LoadedCourse, student: User, other: User, instructor: User
) -> None:
    grade_again(regrade, student, ())
    grade_again(regrade, other, ())
    newer = open_regrade(loaded, TASK, "again", instructor, NOW)
    grade_again(newer, student, ("the_mean", "the_scale"))
    grade_again(newer, other, ())
    apply_regrade(newer, instructor, NOW)
    assert list(changes(loaded, regrade, [student, other], NOW)) == []
    apply_regrade(regrade, instructor, NOW)
    assert points(student) == 4


def test_whoever_hands_in_does_not_wait_for_a_regrade(
    regrade: Round, student: User, hand_in: HandIn
) -> None:
    fresh = hand_in(student)
    assert place(fresh) == 0
    waiting = set(Job.objects.values_list("pk", flat=True))
    heard = [message.args_kwargs["args"][0] for message in DBTaskResult.objects.ready()]
    assert next(job for job in heard if job in waiting) == fresh.jobs.get().pk


def test_new_attempts_are_graded_in_the_round_that_counts(
    regrade: Round, student: User, other: User, instructor: User, hand_in: HandIn
) -> None:
    assert hand_in(student).jobs.get().round != regrade
    for user in (student, other):
        for attempt in user.attempts.filter(jobs__round=regrade):
            job = attempt.jobs.get(round=regrade)
            attempt.jobs.exclude(pk=job.pk).delete()
            store_grading(attempt, ())
    apply_regrade(regrade, instructor, NOW)
    assert hand_in(other).jobs.get().round == regrade


def test_the_page_goes_from_reason_to_acceptance(
    student: User, instructor: User, graded: Graded, browser: Callable[..., Client]
) -> None:
    graded(student, ("the_mean",))
    staff = browser(instructor)
    opened = staff.post("/class/regrades/", {"task": TASK, "why": "too strict"})
    path = opened.headers["Location"]
    waiting = staff.get(path)
    assert "1 attempt is still to be graded." in waiting.text
    assert "disabled" in waiting.text
    assert "Not yet" in staff.post(path, follow=True).text
    grade_again(Round.objects.latest("pk"), student, ("the_mean", "the_scale", "both"))
    looked = staff.get(path)
    assert "Refresh" not in looked.headers
    for said in ("Анна Петрова", "2–6", "6–10", "fail … pass", "<b>pass</b>", "+1 −0"):
        assert said in looked.text
    assert "The new gradings count now." in staff.post(path, follow=True).text
    assert points(student) == 6
    assert staff.post("/class/regrades/", {"task": "t9", "why": "x"}).status_code == 400
    assert staff.get("/class/regrades/99999/").status_code == 404
