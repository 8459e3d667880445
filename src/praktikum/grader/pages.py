"""Pages for people: the report on a submission, and the gradebook with links to reports.

A page is one file that needs no other, runs no script and loads nothing: its policy (CSP) allows
its own style sheet by hash and nothing else. All that a student could have written is escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from praktikum.checks import Language
from praktikum.course.calendar import Course
from praktikum.grader.gradebook import Row
from praktikum.grader.gradebook_table import mark_in_words
from praktikum.grader.phrasing import moment, number, printable, span
from praktikum.grader.report import NOT_ISOLATED, Report
from praktikum.grader.words import NOT_RUN, STATUS, predictions_in_words, sentence

__all__ = ["index_page", "report_body", "report_page"]

_REPORT = "report.html.j2"
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"


def report_page(report: Report, language: Language) -> str:
    """Return the HTML page on one submission."""
    return _render(_REPORT, language, **_values(report))


def report_body(report: Report, language: Language) -> Markup:
    """Return what the page on a submission shows, for a page that has its own frame and style."""
    template = _environment(language).get_template(_REPORT)
    body = template.render(frame="bare.html.j2", language=language, **_values(report))
    return Markup(body)  # escaped by the template


def index_page(
    rows: Iterable[Row], course: Course, links: Mapping[str, str], language: Language
) -> str:
    """Return the HTML page of the gradebook.

    Args:
        links: for an attempt's id, its report's path relative to this page.
    """
    paths = {attempt: quote(path) for attempt, path in links.items()}
    return _render("index.html.j2", language, rows=rows, course=course, links=paths)


def _values(report: Report) -> dict[str, Any]:
    zone = report.course.zone
    return {
        "report": report,
        "received": report.attempt.received.astimezone(zone),
        "due": report.due.astimezone(zone),
        "not_isolated": NOT_ISOLATED,
    }


def _render(template: str, language: Language, **values: Any) -> str:
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment(language)
        .get_template(template)
        .render(
            language=language,
            frame="page.html.j2",
            style=Markup(style),  # ours, not a student's
            policy=f"{_POLICY}; style-src 'sha256-{digest}'",
            **values,
        )
    )


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("praktikum.grader"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "say": lambda text: text[language],
        "number": lambda points: number(points, language),
        "moment": lambda time: moment(time, language, seconds=True),
        "minute": lambda time: moment(time, language),
        "printable": printable,
    }
    environment.globals |= {
        "say": lambda ru, en: ru if language == "ru" else en,
        "span": lambda low, high: span(low, high, language),
        "mark": lambda row: mark_in_words(row, language),
        "sentence": lambda verdict, statements: sentence(verdict, statements)[language],
        "predictions_in_words": predictions_in_words,
        "STATUS": STATUS,
        "NOT_RUN": NOT_RUN,
    }
    return environment


@cache
def _style() -> str:
    loader = PackageLoader("praktikum.grader")
    return loader.get_source(Environment(autoescape=True), "style.css")[0]
