"""The queue: jobs that are claimed, held while their worker lives, finished once, or recovered.

A job row says that an attempt waits; a message of django-tasks wakes a worker for it. The row is
the truth: a message can be lost with its worker or come twice, and neither loses an attempt nor
grades it twice. A worker holds a job by a lease that it prolongs while it works; who finds a
lease run out may take the job. The grading comes and the job goes in one transaction, in which
the worker must still be the holder.

Workers' clocks must agree to within seconds of the lease.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from praktikum.site.classroom.models import Attempt, Grading, Job, Round

__all__ = ["claim", "finish", "place", "prolong", "put", "recover"]

_REGRADE = -10  # the priority of looking again: whoever hands in now need not wait for it
_MANY = 100  # tries: a worker gives up long before
_KEPT = dt.timedelta(days=1)  # that messages stay after their end


def lease() -> dt.timedelta:
    """Return how long a worker may be silent."""
    return dt.timedelta(seconds=settings.PLACE.lease_seconds)


def put(attempt: Attempt, round: Round, now: dt.datetime) -> Job:
    """Return the job of grading an attempt in a round; to be called in a transaction."""
    job = Job.objects.create(attempt=attempt, round=round, since=now)
    job.task_id = _send(job)
    job.save(update_fields=["task_id"])
    return job


def place(attempt: Attempt) -> int | None:
    """Return how many jobs come before the attempt's, or None where it does not wait.

    Jobs of a regrade come after all others, so they don't count.
    """
    urgent = Job.objects.exclude(round__applied_at=None)
    job = urgent.filter(attempt=attempt).first()
    return None if job is None else urgent.filter(pk__lt=job.pk).count()


def claim(job_id: int, worker: str, now: dt.datetime) -> Job | None:
    """Return the job, which is the worker's from now on; None where it is another's or done."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        worker=worker, lease_until=now + lease(), tries=Least(F("tries") + 1, _MANY)
    )
    if not taken:
        return None
    related = ("attempt__student", "attempt__file", "attempt__archive", "round")
    return Job.objects.select_related(*related).get(pk=job_id)


def prolong(job: Job, now: dt.datetime) -> bool:
    """Hold the job for another lease; return whether it is still its worker's."""
    held = Job.objects.filter(pk=job.pk, worker=job.worker)
    return bool(held.update(lease_until=now + lease()))


def finish(job: Job, pack: str, facts: dict[str, Any], now: dt.datetime) -> Grading | None:
    """Return the stored grading; None where the job has become another worker's meanwhile."""
    with transaction.atomic():
        deleted, _ = Job.objects.filter(pk=job.pk, worker=job.worker).delete()
        if not deleted:
            return None
        return Grading.objects.create(
            attempt=job.attempt, round=job.round, graded_at=now, pack=pack, facts=facts
        )


def recover(now: dt.datetime) -> int:
    """Return how many jobs were queued again: those of workers that died, and unheard ones."""
    DBTaskResult.objects.finished().filter(finished_at__lt=now - _KEPT).delete()
    waiting = Job.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now))
    messages = DBTaskResult.objects.in_bulk(waiting.values_list("task_id", flat=True))
    return sum(
        _send_again(job, now)
        for job in waiting
        if _is_lost(messages.get(job.task_id) if job.task_id else None, now)
    )


def _is_lost(message: DBTaskResult[Any, Any] | None, now: dt.datetime) -> bool:
    """Whether no worker will come for a free job because of this message."""
    match message:
        case DBTaskResult(status=TaskResultStatus.READY):
            return False
        case DBTaskResult(status=TaskResultStatus.RUNNING, started_at=dt.datetime() as started):
            return started < now - lease()  # else a worker may be about to claim the job
        case _:
            return True


@transaction.atomic
def _send_again(job: Job, now: dt.datetime) -> bool:
    held = Job.objects.select_for_update().filter(pk=job.pk, task_id=job.task_id)
    if not held.filter(Q(lease_until=None) | Q(lease_until__lt=now)).exists():
        return False  # another worker was first
    if job.task_id is not None:
        dead = DBTaskResult.objects.filter(id=job.task_id, status=TaskResultStatus.RUNNING)
        dead.update(status=TaskResultStatus.FAILED, finished_at=now)
    held.update(task_id=_send(job), worker="", lease_until=None)
    return True


def _send(job: Job) -> uuid.UUID:
    """Return the id of a new message about a job, in the place that is the job's by its age."""
    from praktikum.site.grading.tasks import grade_job

    task = grade_job if job.round.applied_at else grade_job.using(priority=_REGRADE)
    message = uuid.UUID(task.enqueue(job.pk).id)
    DBTaskResult.objects.filter(id=message).update(enqueued_at=job.since)
    return message
