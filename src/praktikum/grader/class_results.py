"""What grading a class leaves for people: reports on every submission, and the gradebook.

::

    OUT/index.html                        the gradebook with links to the reports
    OUT/gradebook.csv, OUT/gradebook.json
    OUT/t1_numpy_mlp/reports/NAME.html, NAME.json
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from praktikum.checks import Language
from praktikum.course.calendar import Course
from praktikum.grader.atomic import write_whole
from praktikum.grader.class_grading import attempt_name
from praktikum.grader.facts import Attempt
from praktikum.grader.gradebook import Ledger, Row, gradebook
from praktikum.grader.gradebook_files import gradebook_csv, gradebook_json
from praktikum.grader.pages import index_page, report_page
from praktikum.grader.report import make_report, report_to_json

__all__ = ["write_class_results"]


def write_class_results(
    course: Course, ledger: Ledger, attempts: Sequence[Attempt], out: Path, language: Language
) -> tuple[Row, ...]:
    """Write reports and gradebook below ``out``; return the gradebook's rows."""
    links: dict[str, str] = {}
    for attempt in attempts:
        folder = out / attempt.task / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        report, name = make_report(ledger, attempt), attempt_name(attempt)
        fields = json.dumps(report_to_json(report), ensure_ascii=False, indent=1)
        write_whole(folder / f"{name}.json", fields + "\n")
        write_whole(folder / f"{name}.html", report_page(report, language))
        links[attempt.id] = f"{attempt.task}/reports/{name}.html"
    rows = gradebook(ledger, attempts)
    write_whole(out / "gradebook.csv", gradebook_csv(rows, course, language))
    write_whole(out / "gradebook.json", gradebook_json(rows, course))
    write_whole(out / "index.html", index_page(rows, course, links, language))
    return rows
