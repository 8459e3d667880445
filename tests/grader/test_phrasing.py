"""Numbers, days and times as the two languages write them; text that cannot command a terminal."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.grader.phrasing import days_in_words, moment, number, plain, printable, span


@pytest.mark.parametrize(
    ("points", "written"),
    [("10", "10"), ("10.00", "10"), ("0.50", "0.5"), ("-1", "-1"), ("0E+2", "0"), ("1E+2", "100")],
)
def test_points_are_written_without_exponents_and_needless_zeros(points, written):
    assert plain(Decimal(points)) == written


@given(st.decimals(-1000, 1000, places=3))
def test_written_points_are_the_points(points):
    assert Decimal(plain(points)) == points


def test_russian_has_a_decimal_comma():
    assert (number(Decimal("7.5"), "ru"), number(Decimal("7.5"), "en")) == ("7,5", "7.5")
    assert span(Decimal("7.5"), Decimal(8), "ru") == "7,5–8"


@pytest.mark.parametrize(
    ("days", "russian", "english"),
    [
        (1, "1 день", "1 day"),
        (2, "2 дня", "2 days"),
        (5, "5 дней", "5 days"),
        (11, "11 дней", "11 days"),
        (12, "12 дней", "12 days"),
        (21, "21 день", "21 days"),
        (112, "112 дней", "112 days"),
        (122, "122 дня", "122 days"),
    ],
)
def test_days_agree_with_their_number(days, russian, english):
    assert (days_in_words(days).ru, days_in_words(days).en) == (russian, english)


def test_a_time_is_written_to_the_minute_or_to_the_second():
    time = dt.datetime(2023, 5, 9, 4, 5, 6)
    assert moment(time, "ru") == "9 мая 2023, 04:05"
    assert moment(time, "en", seconds=True) == "9 May 2023, 04:05:06"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Анна\n\tК.", "Анна  К."), ("\x1b[31m", "�[31m"), ("a\u202eb\x00", "a�b�"), ("é ✓", "é ✓")],
)
def test_text_cannot_command_the_terminal(text, shown):
    assert printable(text) == shown
