"""What a student reads of a task, takes away, and gets back."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.models import Attempt, Extension, Grading, Publication
from praktikum.site.people.models import User
from praktikum.site.student.statement import statement

from .conftest import NOW, TASK

Browser = Callable[..., Client]
Graded = Callable[..., Grading]
PAGE = f"/course/tasks/{TASK}/"
ANSWER = "the answer, in words"  # a comment of the solution


@pytest.mark.parametrize("path", ["notebook/ru/", "notebook/en/", "pack/en/", ""])
def test_no_answer_is_given_out(student: User, browser: Browser, path: str) -> None:
    content = browser(student).get(PAGE + path).content
    if path.startswith("pack"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(map(archive.read, archive.namelist()))
    assert b"def mean" in content or b"mean</span>" in content
    assert ANSWER.encode() not in content
    assert b"secret_order" not in content  # of the oracle


def test_the_statement_is_the_notebook_in_the_readers_language(loaded: LoadedCourse) -> None:
    unit = loaded.packs[TASK].unit
    russian, english = statement(unit, "ru"), statement(unit, "en")
    assert "Ваш ответ" in "".join(piece.html for piece in russian)
    assert "Ваш ответ" not in "".join(piece.html for piece in english)
    assert any(piece.has_hole for piece in russian)
    assert not any("check_part" in piece.html for piece in russian)


def test_both_languages_of_the_notebook_are_there(student: User, browser: Browser) -> None:
    for lang in ("ru", "en"):
        answer = browser(student).get(f"{PAGE}notebook/{lang}/")
        assert json.loads(answer.content)["metadata"]["praktikum"]["language"] == lang
        assert "attachment" in answer.headers["Content-Disposition"]
    assert browser(student).get(f"{PAGE}notebook/de/").status_code == 404


def test_the_same_archive_is_given_to_everybody(
    student: User, other: User, browser: Browser
) -> None:
    [one, two] = (browser(user).get(f"{PAGE}pack/ru/").content for user in (student, other))
    assert one == two
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        names = archive.namelist()
    assert f"{TASK}/task1.ipynb" in names
    assert f"{TASK}/task1.checks/expectations.json" in names
    assert f"{TASK}/library/pyproject.toml" in names


@pytest.mark.parametrize("path", ["", "notebook/ru/", "pack/ru/"])
def test_a_task_is_not_there_before_it_is_given_out(
    student: User, browser: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    early = dt.datetime(2023, 2, 1, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: early)
    assert browser(student).get(PAGE + path).status_code == 404
    assert PAGE not in browser(student).get("/course/").text


def test_a_report_says_what_was_got_and_expected_and_taken(
    student: User, graded: Graded, browser: Browser
) -> None:
    late = dt.datetime(2023, 3, 15, 12, tzinfo=dt.UTC)
    grading = graded(student, ("the_scale",), late)
    page = browser(student).get(f"/course/attempts/{grading.attempt.public}/").text
    for said in ("The mean is right.", ">1.0<", ">2.0<", "Late by 1 day", "−1<"):
        assert said in page


def test_the_attempt_that_counts_is_marked(student: User, graded: Graded, browser: Browser) -> None:
    best = graded(student, ("the_mean", "the_scale"))
    graded(student, ())
    page = browser(student).get(PAGE).text
    marked = page.index('<span class="tag">counts</span>')
    assert page.count('<span class="tag">counts</span>') == 1
    assert page.rindex("/course/attempts/", 0, marked) == page.index(
        f"/course/attempts/{best.attempt.public}/file/"
    )


def test_the_place_in_the_queue_is_told(
    student: User, other: User, hand_in: Callable[..., Attempt], browser: Browser
) -> None:
    hand_in(other)
    mine = hand_in(student)
    answer = browser(student).get(f"/course/attempts/{mine.public}/")
    assert "1 work is graded before yours." in answer.text
    assert "in the queue, 1 before it" in browser(student).get(PAGE).text


def test_scores_that_are_held_back_stand_nowhere(
    student: User, instructor: User, graded: Graded, browser: Browser
) -> None:
    grading = graded(student, ("the_mean", "the_scale"))
    pages = ("/course/", PAGE, f"/course/attempts/{grading.attempt.public}/")
    report = "The mean is right."
    Publication.objects.create(task=TASK, shown=False, by=instructor, at=NOW)
    for path in pages:
        page = browser(student).get(path).text
        assert '<span class="points">4' not in page
        assert report not in page
        assert '<span class="tag">counts</span>' not in page


def test_an_extension_is_shown(student: User, instructor: User, browser: Browser) -> None:
    until = dt.datetime(2023, 3, 20, 20, 59, tzinfo=dt.UTC)
    Extension.objects.create(student=student, task=TASK, until=until, by=instructor, at=NOW)
    page = browser(student).get(PAGE).text
    assert "20 March 2023, 23:59" in page
    assert '<span class="tag">extended</span>' in page


def test_limits_are_told_before_they_are_met(student: User, browser: Browser) -> None:
    assert ".ipynb or .py, up to 20 MB" in browser(student).get(PAGE).text
