"""Dates and counted nouns, as a native writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from praktikum.checks import Language
from praktikum.course.book.words import day, days, moment, points


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        ("1", "ru", "1 балл"),
        ("1.00", "ru", "1 балл"),
        ("3", "ru", "3 балла"),
        ("10", "ru", "10 баллов"),
        ("21", "ru", "21 балл"),
        ("0.25", "ru", "0,25 балла"),
        ("1.0", "en", "1 point"),
        ("0.5", "en", "0.5 points"),
    ],
)
def test_points_agree_with_their_number(value: str, language: Language, words: str) -> None:
    assert points(Decimal(value), language) == words


def test_a_started_day_is_counted_as_twenty_four_hours() -> None:
    assert [days(1, "ru"), days(7, "ru"), days(1, "en")] == ["1 сутки", "7 суток", "1 day"]


def test_a_date_keeps_day_and_month_on_one_line() -> None:
    assert day(dt.date(2023, 2, 14), "ru") == "14\N{NO-BREAK SPACE}февраля 2023"
    assert day(dt.date(2023, 2, 14), "en") == "14\N{NO-BREAK SPACE}February 2023"


def test_a_deadline_has_its_minute() -> None:
    due = dt.datetime(2023, 3, 14, 23, 59)
    assert moment(due, "ru") == "14\N{NO-BREAK SPACE}марта 2023, 23:59"
