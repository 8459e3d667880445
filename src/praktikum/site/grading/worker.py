"""The loop of ``praktikum worker``: recover what was lost, work off what is there, wait.

The database may go away and come back under it: the loop waits and goes on. What was being graded
then is recovered like the job of a worker that died.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from praktikum.site.grading.queue import recover
from praktikum.site.grading.tasks import at_desk

__all__ = ["work"]

_logger = logging.getLogger(__name__)
_BATCH = 10  # jobs between two looks for lost ones


def work(*, interval: float = 0.5, once: bool = False) -> None:
    """Grade until SIGTERM or SIGINT; the job in hand is finished first.

    Args:
        interval: seconds between looks at an empty queue.
        once: stop when the queue is empty.
    """
    next_look = 0.0  # for lost jobs, on the monotonic clock
    with at_desk() as name, _stop_by_signal() as stop:
        while not stop.is_set():
            try:
                if time.monotonic() >= next_look:
                    recover(timezone.now())
                    next_look = time.monotonic() + settings.PLACE.lease_seconds / 4
                is_empty = _work_off(name, stop)
            except (OperationalError, InterfaceError) as error:
                _logger.warning("the database is away, trying again: %s", error)
                connection.close()
                is_empty = True
            else:
                if is_empty and once:
                    return
            if is_empty:
                close_old_connections()
                stop.wait(interval)


class _Batch(Worker):
    """Runs waiting tasks until there are none, ``max_tasks`` were run, or ``stop`` is set."""

    def __init__(self, worker_id: str, stop: Event) -> None:
        self._stop = stop
        super().__init__(
            queue_names=["default"],
            interval=0.1,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=_BATCH,
            worker_id=worker_id,
            excluded_queue_names=[],
        )

    @property
    def running(self) -> bool:
        return not self._stop.is_set()

    @running.setter
    def running(self, value: bool) -> None:
        """Leave it to ``stop``."""


def _work_off(name: str, stop: Event) -> bool:
    """Run some of the waiting tasks; return whether none is left."""
    batch = _Batch(name[-64:], stop)
    batch.run()
    return batch._run_tasks < _BATCH


@contextmanager
def _stop_by_signal() -> Iterator[Event]:
    """Give an event that is set when the process is asked to end."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
