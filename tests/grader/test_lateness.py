"""Started days late: against the calendar, at the edges of seconds and of clock changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.grader.lateness import days_late

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
DUE = dt.datetime(2023, 3, 14, 23, 59, tzinfo=MOSCOW)


def moscow(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2023-03-{text}").replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("received", "days"),
    [
        ("01 12:00", 0),
        ("14 23:59:00", 0),
        ("14 23:59:59", 0),
        ("14 23:59:59.999999", 0),
        ("15 00:00:00", 1),
        ("15 23:59:59.999999", 1),
        ("16 00:00:00", 2),
        ("23 12:00", 9),
    ],
)
def test_a_day_starts_when_the_deadlines_minute_is_over(received, days):
    assert days_late(moscow(received), DUE) == days


def test_the_senders_time_zone_does_not_matter():
    last_second = dt.datetime(2023, 3, 15, 0, 59, 59, tzinfo=dt.timezone(dt.timedelta(hours=4)))
    assert days_late(last_second, DUE) == 0
    assert days_late(last_second + dt.timedelta(seconds=1), DUE) == 1


# Berlin, 26 March 2023: 02:00 becomes 03:00; 29 October 2023: 03:00 becomes 02:00 (tz database).
@pytest.mark.parametrize(
    ("due", "hours", "days"),
    [
        ("2023-03-25 23:59", 23, 2),  # the day after is of 23 hours: over at 00:00 of the 27th
        ("2023-10-28 23:59", 24, 1),  # the day after is of 25 hours: its last one still runs
        ("2023-10-28 23:59", 25, 2),
    ],
)
def test_a_day_lasts_as_long_as_the_clock_says(due, hours, days):
    local = dt.datetime.fromisoformat(due).replace(tzinfo=BERLIN)
    first_late = local.astimezone(dt.UTC) + dt.timedelta(minutes=1)
    assert days_late(first_late + dt.timedelta(hours=hours), local) == days


def test_a_deadline_that_the_clock_shows_twice_is_the_later_one():
    due = dt.datetime(2023, 10, 29, 2, 30, tzinfo=BERLIN)  # 00:30 and 01:30 UTC
    assert days_late(dt.datetime(2023, 10, 29, 1, 30, 59, tzinfo=dt.UTC), due) == 0
    assert days_late(dt.datetime(2023, 10, 29, 1, 31, tzinfo=dt.UTC), due) == 1


def test_a_deadline_that_the_clock_skips_falls_after_the_gap():
    due = dt.datetime(2023, 3, 26, 2, 30, tzinfo=BERLIN)  # shown as 03:30, 01:30 UTC
    assert days_late(dt.datetime(2023, 3, 26, 1, 30, 59, tzinfo=dt.UTC), due) == 0
    assert days_late(dt.datetime(2023, 3, 26, 1, 31, tzinfo=dt.UTC), due) == 1


times = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))
dues = st.datetimes(
    dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.sampled_from([MOSCOW, BERLIN])
)


@given(times, times, dues)
def test_later_is_never_fewer_days(one, other, due):
    assert days_late(min(one, other), due) <= days_late(max(one, other), due)


@given(times, dues)
def test_days_agree_with_hours_to_a_clock_change(received, due):
    """Counting in days of 24 hours differs by the leaps of the clock (an hour) at most."""
    hours = (received - due.astimezone(dt.UTC)) / dt.timedelta(hours=1)
    days = days_late(received, due)
    if days:
        assert 24 * (days - 1) - 1 <= hours <= 24 * days + 1.1
    else:
        assert hours <= 1.1
