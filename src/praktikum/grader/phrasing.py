"""Numbers, days, times and names as a reader of Russian or English expects them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal

from praktikum.checks import Language, Text

__all__ = ["days_in_words", "moment", "number", "plain", "printable", "span"]

_MONTHS: dict[Language, str] = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}


def plain(points: Decimal) -> str:
    """Return points without needless zeros and with a decimal point, for files.

    >>> plain(Decimal("7.50")), plain(Decimal("10"))
    ('7.5', '10')
    """
    return f"{points.normalize() + 0:f}"


def number(points: Decimal, language: Language) -> str:
    """Return points for a reader.

    >>> number(Decimal("7.50"), "ru"), number(Decimal("7.50"), "en")
    ('7,5', '7.5')
    """
    return plain(points).replace(".", ",") if language == "ru" else plain(points)


def span(low: Decimal, high: Decimal, language: Language) -> str:
    """Return one number where both are equal, else the range.

    >>> span(Decimal(5), Decimal("7.5"), "en")
    '5–7.5'
    """
    if low == high:
        return number(low, language)
    return f"{number(low, language)}–{number(high, language)}"


def days_in_words(days: int) -> Text:
    """Return a number of days.

    >>> [days_in_words(days).ru for days in (1, 3, 11, 25)]
    ['1 день', '3 дня', '11 дней', '25 дней']
    """
    teens = days % 100 in range(11, 15)
    russian = "день" if days % 10 == 1 else "дня" if days % 10 in (2, 3, 4) else "дней"
    return Text(
        ru=f"{days} {'дней' if teens else russian}", en=f"{days} {'day' if days == 1 else 'days'}"
    )


def moment(time: dt.datetime, language: Language, *, seconds: bool = False) -> str:
    """Return a day and a time of the clock in ``time``'s own zone.

    >>> moment(dt.datetime(2023, 3, 14, 23, 59), "ru")
    '14 марта 2023, 23:59'
    """
    month = _MONTHS[language].split()[time.month - 1]
    return (
        f"{time.day} {month} {time.year}, {time:%H:%M:%S}"
        if seconds
        else (f"{time.day} {month} {time.year}, {time:%H:%M}")
    )


def printable(text: str) -> str:
    """Return a submission's text without what could command a terminal or turn text around.

    Control and formatting characters (escape sequences, right-to-left overrides) become �;
    line ends and tabs become spaces.
    """
    spaced = " ".join(text.split("\n")).replace("\t", " ").replace("\r", " ")
    return "".join(
        "�" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in spaced
    )
