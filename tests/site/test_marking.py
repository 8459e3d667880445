"""Points by hand: what waits, how it is read, and that nobody's points are lost to another's."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.ledger import row_of
from praktikum.site.classroom.models import (
    Attempt,
    AuditEntry,
    Grading,
    HandPoints,
    MarkingClaim,
    Snippet,
)
from praktikum.site.marking.answers import answers, queue_of
from praktikum.site.marking.pictures import PictureError, redrawn
from praktikum.site.marking.points import (
    CLAIMED_FOR,
    MarkedMeanwhileError,
    Subject,
    claim,
    give,
)
from praktikum.site.marking.work import read_work
from praktikum.site.people.models import User

from .conftest import NOW, TASK, store_grading

Browser = Callable[..., Client]
Graded = Callable[..., Grading]
PART = "words"


def page_of(grading: Grading) -> str:
    return f"/class/marking/answers/{grading.attempt.public}/{PART}/"


def subject_of(grading: Grading) -> Subject:
    return Subject.of(grading.attempt, PART)


def picture(size: tuple[int, int] = (3, 2), kind: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def cell(source: str, kind: str = "markdown", **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {}} | more


def answer_cell(source: str, **more: Any) -> dict[str, Any]:
    return cell(source, metadata={"praktikum": {"answer": PART}}, **more)


def notebook(*cells: dict[str, Any]) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


CHECK = cell("check_part()", "code", metadata={"praktikum": {"check": "numbers"}})


def test_the_answer_stands_on_the_page_with_its_rubric_and_without_a_name(
    student: User, assistant: User, graded: Graded, browser: Browser
) -> None:
    page = browser(assistant).get(page_of(graded(student))).text
    assert "Your answer." in page
    assert "A full answer." in page  # the rubric
    assert "Петрова" not in page
    assert "petrova" not in page
    assert "Up to 4 by hand" in page


def test_names_are_shown_when_wished(
    student: User, assistant: User, graded: Graded, browser: Browser
) -> None:
    client, path = browser(assistant), page_of(graded(student))
    client.post("/class/marking/names/", {"names": "1"})
    assert "Анна Петрова" in client.get(path).text
    client.post("/class/marking/names/", {"names": "0"})
    assert "Петрова" not in client.get(path).text


def test_given_points_are_in_the_gradebook_the_report_and_the_journal(
    student: User, assistant: User, graded: Graded, browser: Browser, loaded: LoadedCourse
) -> None:
    grading = graded(student, ("the_mean", "the_scale"))
    before = row_of(loaded, NOW, student).low.points
    form = {"points": "2.5", "comment": "why?", "seen": "0", "stay": "1"}
    assert browser(assistant).post(page_of(grading), form).status_code == 302
    after = row_of(loaded, NOW, student)
    assert after.low.points - before == Decimal("2.5")
    report = browser(student).get(f"/course/attempts/{grading.attempt.public}/").text
    assert "why?" in report
    assert AuditEntry.objects.get(verb="marked").details == {"points": "2.5"}


@pytest.mark.parametrize("points", ["4.01", "-1", "NaN", "", "many"])
def test_points_that_the_part_has_not_are_refused(
    student: User, assistant: User, graded: Graded, browser: Browser, points: str
) -> None:
    form = {"points": points, "seen": "0"}
    assert browser(assistant).post(page_of(graded(student)), form).status_code == 400
    assert not HandPoints.objects.exists()


def test_points_given_meanwhile_are_not_overwritten_but_told(
    student: User, assistant: User, instructor: User, graded: Graded, browser: Browser
) -> None:
    grading = graded(student)
    mine, theirs = browser(assistant), browser(instructor)
    path, form = page_of(grading), {"points": "1", "seen": "0"}
    mine.get(path)
    MarkingClaim.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
    theirs.get(path)
    assert theirs.post(path, form | {"points": "3"}).status_code == 302
    refused = mine.post(path, form)
    assert refused.status_code == 409
    assert "Teacher was at this answer meanwhile" in refused.text
    [first] = HandPoints.objects.all()
    assert first.points == 3
    assert mine.post(path, form | {"seen": str(first.pk)}).status_code == 302
    assert [row.points for row in HandPoints.objects.all()] == [3, 1]  # both are on record


def test_who_holds_the_claim_is_told_and_can_be_passed_only_knowingly(
    student: User, assistant: User, instructor: User, graded: Graded, browser: Browser
) -> None:
    path, form = page_of(graded(student)), {"points": "1", "seen": "0"}
    browser(assistant).get(path)
    other = browser(instructor)
    assert "Helper is marking this answer now" in other.get(path).text
    assert other.post(path, form).status_code == 409
    assert not HandPoints.objects.exists()
    assert other.post(path, form | {"knowingly": "on"}).status_code == 302


def test_a_claim_ends_with_its_time_or_when_it_is_let_go(
    student: User, assistant: User, instructor: User, graded: Graded, browser: Browser
) -> None:
    grading = graded(student)
    subject = subject_of(grading)
    claim(subject, assistant, NOW)
    assert claim(subject, instructor, NOW + CLAIMED_FOR / 2).by == assistant
    assert claim(subject, assistant, NOW + CLAIMED_FOR / 2).by == assistant  # renewed
    assert claim(subject, instructor, NOW + CLAIMED_FOR).by == assistant
    assert claim(subject, instructor, NOW + 2 * CLAIMED_FOR).by == instructor
    browser(instructor).post(f"{page_of(grading)}release/")
    assert claim(subject, assistant, NOW).by == assistant


def test_two_who_take_the_next_one_get_different_ones(
    student: User,
    other: User,
    assistant: User,
    instructor: User,
    graded: Graded,
    browser: Browser,
) -> None:
    graded(student)
    graded(other)
    path = f"/class/marking/parts/{TASK}/{PART}/next/"
    first, second = (browser(user).post(path)["Location"] for user in (assistant, instructor))
    assert first != second
    assert browser(assistant).post(path)["Location"] == first  # one's own comes first
    form = {"points": "1", "seen": "0", "next": "1"}
    assert browser(assistant).post(first, form)["Location"] == "/class/marking/"


@pytest.mark.parametrize(
    ("then", "state"),
    [
        (notebook(answer_cell("said"), cell("x = 1", "code")), "changed"),
        (notebook(answer_cell("before")), "changed"),
        (notebook(cell("x = 1", "code"), CHECK, answer_cell("said")), "marked"),
    ],
)
def test_an_answer_that_was_changed_after_it_was_marked_waits_again(
    student: User,
    assistant: User,
    hand_in: Callable[..., Attempt],
    loaded: LoadedCourse,
    then: bytes,
    state: str,
) -> None:
    marked = hand_in(student, NOW, then)
    now = hand_in(student, NOW, notebook(answer_cell("said")))
    store_grading(now, ("the_mean",))
    assert [each.state for each in answers(loaded, NOW, [student], TASK)] == ["waiting"]
    give(Subject.of(marked, PART), marked, Decimal(1), "", assistant, NOW, seen=0)
    found = answers(loaded, NOW, [student], TASK)
    assert [each.state for each in found] == [state]
    assert list(queue_of(found, PART, assistant)) == (found if state == "changed" else [])


def test_points_can_be_taken_back_and_the_trail_stays(
    student: User, assistant: User, graded: Graded, browser: Browser, loaded: LoadedCourse
) -> None:
    grading = graded(student)
    given = give(subject_of(grading), grading.attempt, Decimal(4), "", assistant, NOW, seen=0)
    form = {"points": "", "seen": str(given.pk), "take_back": "1"}
    assert browser(assistant).post(page_of(grading), form).status_code == 302
    assert not row_of(loaded, NOW, student).exact
    assert [row.points for row in HandPoints.objects.all()] == [4, None]
    assert "taken back" in browser(assistant).get(page_of(grading)).text


def test_giving_without_having_seen_the_newest_is_refused(
    student: User, assistant: User, instructor: User, graded: Graded
) -> None:
    grading = graded(student)
    give(subject_of(grading), grading.attempt, Decimal(4), "", assistant, NOW, seen=0)
    with pytest.raises(MarkedMeanwhileError, match="Helper was at this answer meanwhile"):
        give(subject_of(grading), grading.attempt, Decimal(1), "", instructor, NOW, seen=0)


def test_a_kept_comment_is_added_to_the_next_mark_and_forgotten_by_its_author_alone(
    student: User,
    other: User,
    assistant: User,
    instructor: User,
    graded: Graded,
    browser: Browser,
) -> None:
    first, second = graded(student), graded(other)
    form = {"points": "1", "seen": "0", "comment": "No proof of step 2.", "keep": "on"}
    browser(assistant).post(page_of(first), form)
    [kept] = Snippet.objects.all()
    client = browser(instructor)
    assert "No proof of step 2." in client.get(page_of(second)).text
    form = {"points": "1", "seen": "0", "comment": "Good.", "snippets": str(kept.pk)}
    client.post(page_of(second), form)
    assert HandPoints.objects.last().comment == "Good.\nNo proof of step 2."  # type: ignore[union-attr]
    assert client.post(f"/class/marking/snippets/{kept.pk}/forget/").status_code == 404
    assert browser(assistant).post(f"/class/marking/snippets/{kept.pk}/forget/").status_code == 302


def test_the_cells_about_a_part_end_where_another_one_begins() -> None:
    def given(source: str) -> dict[str, Any]:
        return cell(source, metadata={"nbgrader": {"locked": True}})

    work = read_work(
        notebook(
            cell("x = 1", "code"),
            CHECK,
            given("asked"),
            cell("plot", "code"),
            answer_cell("said"),
            cell("more"),
            given("next"),
            cell("z", "code"),
        )
    )
    assert [each.source for each in work.about(PART)] == ["asked", "plot", "said", "more"]
    assert work.about("numbers") == work.cells  # which has no cell for an answer


def test_the_cells_about_a_part_begin_with_the_heading_that_was_given_for_it() -> None:
    locked = {"metadata": {"nbgrader": {"locked": True}}}
    texts = cell("# 1. Before", **locked), cell("## 1.1. It", **locked), cell("a hint", **locked)
    work = read_work(notebook(*texts, answer_cell("said"), cell("# mine")))
    assert [each.source for each in work.about(PART)] == ["## 1.1. It", "a hint", "said", "# mine"]


def test_what_was_printed_and_drawn_is_kept_and_html_is_not() -> None:
    image = base64.b64encode(picture()).decode()
    outputs = [
        {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n", "line\u202e\n"]},
        {"output_type": "display_data", "data": {"text/html": "<script>x</script>"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=x>"}},
        {"output_type": "display_data", "data": {"image/png": [image[:9], image[9:]]}},
        {"output_type": "error", "ename": "ValueError", "evalue": "<b>"},
    ]
    work = read_work(notebook(cell("plot()", "code", outputs=outputs)))
    assert work.cells[0].printed == "red\nline�\nValueError: <b>"
    assert work.pictures == (picture(),)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_comes_through_as_pixels_alone(kind: str) -> None:
    dirty = picture(kind=kind) + b"<script>alert(1)</script>"
    clean = redrawn(dirty)
    assert b"script" not in clean
    with Image.open(io.BytesIO(clean)) as seen:
        assert (seen.format, seen.size) == ("PNG", (3, 2))


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg onload=alert(1)>", b"GIF89a", picture(kind="GIF"), picture()[:40]],
)
def test_what_is_no_picture_is_not_shown(content: bytes) -> None:
    with pytest.raises(PictureError, match="no picture"):
        redrawn(content)


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    bomb = io.BytesIO()
    Image.new("1", (6_000, 6_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 10_000
    with pytest.raises(PictureError, match="6000 x 6000 pixels, the limit is 25000000"):
        redrawn(bomb.getvalue())
