"""A job is somebody's or nobody's, and ends in one grading at most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from praktikum.checks import Status
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.ledger import attempt_facts, row_of
from praktikum.site.classroom.models import Attempt, Grading, Job, Round
from praktikum.site.grading.queue import claim, finish, place, prolong, put, recover
from praktikum.site.grading.secret import OtherSecretError
from praktikum.site.grading.tasks import at_desk, grade_job
from praktikum.site.people.models import User

from .conftest import NOW

SECOND = dt.timedelta(seconds=1)
HandIn = Callable[..., Attempt]


@pytest.fixture
def job(student: User, hand_in: HandIn) -> Job:
    return hand_in(student).jobs.get()


def ready() -> list[int]:
    """The jobs of which workers will hear, in that order."""
    messages = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    return [message.args_kwargs["args"][0] for message in messages]


def test_a_job_has_one_holder(job: Job) -> None:
    assert claim(job.pk, "first", NOW)
    assert claim(job.pk, "second", NOW + SECOND) is None


def test_a_lease_that_ran_out_frees_the_job(job: Job) -> None:
    claim(job.pk, "first", NOW)
    assert claim(job.pk, "second", NOW + 3 * SECOND)


def test_a_pulse_keeps_the_job(job: Job) -> None:
    mine = claim(job.pk, "first", NOW)
    assert mine
    assert prolong(mine, NOW + SECOND)
    assert claim(job.pk, "second", NOW + 2.5 * SECOND) is None


def test_who_lost_the_job_can_neither_prolong_nor_finish_it(job: Job) -> None:
    slow = claim(job.pk, "slow", NOW)
    quick = claim(job.pk, "quick", NOW + 3 * SECOND)
    assert slow
    assert quick
    assert not prolong(slow, NOW)
    assert finish(slow, "pack", {}, NOW) is None
    assert finish(quick, "pack", {}, NOW)
    assert Grading.objects.count() == 1


def test_the_database_takes_no_second_grading_in_a_round(job: Job) -> None:
    mine = claim(job.pk, "first", NOW)
    assert mine
    assert finish(mine, "pack", {}, NOW)
    with pytest.raises(IntegrityError, match="(?i)unique"), transaction.atomic():
        Grading.objects.create(
            attempt=job.attempt, round=job.round, graded_at=NOW, pack="", facts={}
        )


def test_a_worker_that_died_before_its_claim_is_noticed(job: Job) -> None:
    DBTaskResult.objects.get(id=job.task_id).claim("dead")
    DBTaskResult.objects.update(started_at=NOW)
    assert recover(NOW + SECOND) == 0  # it may be about to claim
    assert recover(NOW + 3 * SECOND) == 1
    assert ready() == [job.pk]


def test_a_worker_that_died_at_work_is_noticed(job: Job) -> None:
    DBTaskResult.objects.get(id=job.task_id).claim("dead")
    DBTaskResult.objects.update(started_at=NOW)
    claim(job.pk, "dead", NOW)
    assert recover(NOW + SECOND) == 0
    assert [recover(NOW + 3 * SECOND), recover(NOW + 3 * SECOND)] == [1, 0]
    assert ready() == [job.pk]


def test_a_lost_message_is_sent_again(job: Job) -> None:
    DBTaskResult.objects.all().delete()
    assert recover(NOW) == 1
    assert ready() == [job.pk]


def test_a_recovered_job_keeps_its_place(student: User, other: User, hand_in: HandIn) -> None:
    attempts = [hand_in(student, NOW), hand_in(other, NOW + SECOND)]
    first, second = (attempt.jobs.get() for attempt in attempts)
    assert [place(attempt) for attempt in attempts] == [0, 1]
    DBTaskResult.objects.get(id=first.task_id).delete()
    recover(NOW + 5 * SECOND)
    assert ready() == [first.pk, second.pk]


def test_an_applied_regrade_counts_and_the_first_grading_stays(
    job: Job, first_round: Round
) -> None:
    mine = claim(job.pk, "first", NOW)
    assert mine
    assert finish(mine, "old", {}, NOW)
    regrade = Round.objects.create(
        why="a check was wrong", course_version=first_round.course_version, opened_at=NOW
    )
    again = claim(put(job.attempt, regrade, NOW).pk, "first", NOW)
    assert again
    assert finish(again, "new", {}, NOW)
    assert Grading.objects.current().get().pack == "old"
    Round.objects.filter(pk=regrade.pk).update(applied_at=NOW)
    assert Grading.objects.current().get().pack == "new"
    assert Grading.objects.count() == 2


def test_an_attempt_at_which_workers_die_is_left_to_the_instructor(student: User, job: Job) -> None:
    Job.objects.update(tries=3, lease_until=NOW, worker="dead")
    with at_desk():
        assert grade_job.call(job.pk) == "graded"
    verdicts = attempt_facts(Grading.objects.get()).verdicts
    assert {verdict.status for verdict in verdicts} == {Status.ERROR}
    row = row_of(course_now(), NOW, student)
    assert (row.low.points, row.high.points) == (0, 10)  # never a zero


def test_a_worker_with_another_secret_grades_nothing(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PLACE", replace(settings.PLACE, data=tmp_path))
    with pytest.raises(OtherSecretError, match="copy the file"), at_desk():
        pass
    assert not list(tmp_path.iterdir())  # nor does it make one
