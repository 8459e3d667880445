"""What django-tasks runs: the grading of one job.

Whoever runs tasks opens a desk before (`at_desk`) and keeps it: the sandboxes stay warm from one
job to the next.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Thread

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks import task

from praktikum.grader.attempt_file import attempt_to_json
from praktikum.site.classroom.models import Job
from praktikum.site.grading.desk import Desk
from praktikum.site.grading.queue import claim, finish, prolong

__all__ = ["at_desk", "grade_job"]

MOST_TRIES = 3
_desk: ContextVar[tuple[Desk, str]] = ContextVar("desk")


@contextmanager
def at_desk() -> Iterator[str]:
    """Open a desk for the tasks of this thread; give the name by which the worker holds jobs."""
    name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    with Desk() as desk:
        token = _desk.set((desk, name))
        try:
            yield name
        finally:
            _desk.reset(token)


@task()
def grade_job(job_id: int) -> str:
    """Grade the attempt of a job, unless it is another worker's or done; return what became of it.

    Raises:
        LookupError: this thread has no desk.
    """
    desk, worker = _desk.get()
    job = claim(job_id, worker, timezone.now())
    if job is None:
        return "not ours"
    with _held(job):
        if job.tries > MOST_TRIES:
            graded, pack = desk.give_up(job.attempt, job.tries - 1)
        else:
            graded, pack = desk.grade(job.attempt)
    stored = finish(job, pack.digest, attempt_to_json(graded), timezone.now())
    return "graded" if stored else "lost to another worker"


@contextmanager
def _held(job: Job) -> Iterator[None]:
    """Prolong the lease on a job, from a thread of its own, while the body runs."""
    done = Event()

    def pulse() -> None:
        try:
            while not done.wait(settings.PLACE.lease_seconds / 4) and prolong(job, timezone.now()):
                pass
        finally:
            connection.close()  # this thread's

    thread = Thread(target=pulse, name=f"lease of {job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
