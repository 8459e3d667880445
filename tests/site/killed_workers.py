"""Workers that are killed again and again until all is graded; run by `test_workers`.

    python killed_workers.py SEED KILLS WORKERS

The site is that of the environment. WORKERS workers run at a time, forked so that they are at
work at once; KILLS times one of them is killed by SIGKILL at a random moment and another one
takes its place. It ends when no job is left. An attempt is never given up here, as one at which
three workers in a row end would be: on a slow machine chance alone does that.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import django

django.setup()

from django.db import DatabaseError, connections  # noqa: E402

from praktikum.site.classroom.models import Job  # noqa: E402
from praktikum.site.grading import tasks  # noqa: E402
from praktikum.site.grading.worker import work  # noqa: E402

_LONGEST = 1.5  # seconds between two kills
_PATIENCE = 90.0  # seconds for all of it


def start_worker() -> int:
    connections.close_all()  # a child must not talk through its parent's
    if child := os.fork():
        return child
    work(interval=0.1)
    os._exit(0)


def end(child: int, how: signal.Signals) -> None:
    os.kill(child, how)
    os.waitpid(child, 0)


def is_waiting() -> bool:
    """Whether a job is left; the database may be away just now."""
    try:
        return Job.objects.exists()
    except DatabaseError:
        connections.close_all()
        return True


def main(seed: int, kills: int, count: int) -> None:
    tasks.MOST_TRIES = kills
    rng = random.Random(seed)
    deadline = time.monotonic() + _PATIENCE
    workers = [start_worker() for _ in range(count)]
    try:
        for _ in range(kills):
            time.sleep(rng.uniform(0, _LONGEST))
            end(workers.pop(rng.randrange(count)), signal.SIGKILL)
            workers.append(start_worker())
        while is_waiting() and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        for worker in workers:
            end(worker, signal.SIGTERM)


main(*map(int, sys.argv[1:]))
