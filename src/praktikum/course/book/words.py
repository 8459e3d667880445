"""Dates, numbers and counted points, as each language writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from praktikum.checks import Language

__all__ = ["counted", "day", "days", "least_points", "moment", "number", "points"]

_LOCALES = {"ru": Locale("ru"), "en": Locale("en", "GB")}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_POINTS = {
    "ru": {"one": "балл", "few": "балла", "many": "баллов", "other": "балла"},
    "en": {"one": "point", "other": "points"},
}
_LEAST_POINTS = {  # after «не меньше»
    "ru": {"one": "балла", "few": "баллов", "many": "баллов", "other": "балла"},
    "en": _POINTS["en"],
}
_DAYS = {  # a started day of lateness is 24 hours, which Russian counts as «сутки»
    "ru": {"one": "сутки", "few": "суток", "many": "суток", "other": "суток"},
    "en": {"one": "day", "other": "days"},
}


def day(date: dt.date, language: Language) -> str:
    """Return a date: «14 февраля 2023», “14 February 2023”; day and month stay on one line."""
    return format_date(date, f"d{_NO_BREAK}MMMM y", locale=_LOCALES[language])


def moment(time: dt.datetime, language: Language) -> str:
    """Return a date with the time of day, without the zone: “14 March 2023, 23:59”."""
    return format_datetime(time, f"d{_NO_BREAK}MMMM y, HH:mm", locale=_LOCALES[language])


def number(value: Decimal | int, language: Language) -> str:
    """Return a number with the language's decimal mark: «0,25», “0.25”."""
    return format_decimal(value, locale=_LOCALES[language])


def points(value: Decimal | int, language: Language) -> str:
    """Return so many points: «5 баллов», “0.5 points”."""
    return counted(value, _POINTS[language], language)


def least_points(value: Decimal | int, language: Language) -> str:
    """Return so many points after “at least”: «не меньше 21 балла» where points has «21 балл»."""
    return counted(value, _LEAST_POINTS[language], language)


def days(value: int, language: Language) -> str:
    """Return so many started days of lateness."""
    return counted(value, _DAYS[language], language)


def counted(value: Decimal | int, forms: dict[str, str], language: Language) -> str:
    """Return a number and the form of a noun that goes with it (Unicode's plural categories)."""
    # 1.00 is one point: a trailing zero would make it plural in English, a fraction in Russian.
    plain = Decimal(value).normalize()
    return f"{number(plain, language)} {forms[_LOCALES[language].plural_form(plain)]}"
