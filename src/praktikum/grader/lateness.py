"""How late a submission is: a number of started days.

A deadline names the last minute that is on time. The first day late starts when that minute is
over and each further one at the same time of the clock, so a day may last 23 or 25 hours where
clocks are changed; a time that the clock shows twice is meant as the later one.

Aware datetimes of one zone are compared by Python as their clocks show, which is wrong in the
hour that comes twice: here only instants in UTC are compared.
"""

from __future__ import annotations

import datetime as dt

__all__ = ["closes", "days_late"]

_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)


def closes(due: dt.datetime, days: int = 0) -> dt.datetime:
    """Return the first instant, in UTC, at which a submission is more than ``days`` days late."""
    clock = due.replace(second=0, microsecond=0) + days * _DAY
    return max(clock.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)) + _MINUTE


def days_late(received: dt.datetime, due: dt.datetime) -> int:
    """Return the number of days that have started since ``due``; both are aware.

    >>> due = dt.datetime(2023, 3, 14, 23, 59, tzinfo=dt.UTC)
    >>> [days_late(due + dt.timedelta(seconds=late), due) for late in (59, 60, 86459, 86460)]
    [0, 1, 1, 2]
    """
    instant = received.astimezone(dt.UTC)
    # Not later than the true number by more than the clock's own leap, so the search is short.
    days = max(0, (instant - closes(due)) // _DAY - 1)
    while instant >= closes(due, days):
        days += 1
    return days
