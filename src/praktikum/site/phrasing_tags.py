"""Template filters and tags that speak the course's bilingual texts, points and times."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from praktikum.checks import Language, Reason, Status, Text, Verdict
from praktikum.grader import phrasing
from praktikum.grader.gradebook import Row
from praktikum.grader.gradebook_table import mark_in_words
from praktikum.grader.words import sentence

__all__ = ["language", "register"]

register = template.Library()


def language() -> Language:
    """Return the language of this page."""
    return "en" if (get_language() or "ru").startswith("en") else "ru"


@register.filter
def say(text: Text) -> str:
    """Return the text in the page's language."""
    return text[language()]


@register.filter
def points(value: Decimal) -> str:
    """Return points as the page's reader writes them."""
    return phrasing.number(value, language())


@register.simple_tag
def span(low: Decimal, high: Decimal) -> str:
    """Return points, or the range in which they will be."""
    return phrasing.span(low, high, language())


@register.simple_tag
def mark(row: Row) -> str:
    """Return a mark, or the worst and the best that it may become."""
    return mark_in_words(row, language())


@register.filter
def reason_in_words(reason: Reason) -> str:
    """Return why a check was failed, in one sentence without its stop."""
    return sentence(Verdict("", Status.FAILED, reason))[language()].rstrip(".")


@register.filter
def minute(time: dt.datetime, zone: ZoneInfo) -> str:
    """Return a day and a time of the clock in a zone."""
    return phrasing.moment(time.astimezone(zone), language())


@register.filter
def second(time: dt.datetime, zone: ZoneInfo) -> str:
    """Return a day and a time of the clock in a zone, to the second."""
    return phrasing.moment(time.astimezone(zone), language(), seconds=True)


@register.filter
def day(date: dt.date) -> str:
    """Return a day without its year.

    >>> day(dt.date(2023, 3, 14))
    '14 марта'
    """
    time = dt.datetime.combine(date, dt.time())
    return phrasing.moment(time, language()).partition(f" {date.year}")[0]


@register.filter
def left(time: dt.timedelta) -> str:
    """Return how much time is left, in its largest unit."""
    days, hours, minutes = time.days, time.seconds // 3600, time.seconds // 60
    if days:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    if hours:
        return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    return (
        ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}
        if minutes
        else _("less than a minute left")
    )


@register.filter
def printable(text: str) -> str:
    """Return what a student wrote without what could turn text around."""
    return phrasing.printable(text)
