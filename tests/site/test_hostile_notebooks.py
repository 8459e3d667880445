"""Notebooks that attack whoever reads them: no page runs, loads or styles anything of theirs."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from praktikum.site.classroom.intake import take_in
from praktikum.site.classroom.models import Appeal, Attempt, HandPoints, Snippet
from praktikum.site.marking.work import read_work
from praktikum.site.people.models import User

from .conftest import NOW, TASK, LoadedCourse, store_grading
from .test_prose import ATTACKS

Browser = Callable[..., Client]
PART = "words"
SCRIPT = "<script>alert(1)</script>"
ON_PAGES = {"/static/marking.js"}  # our scripts
OURS = ("/static/", "/class/marking/pictures/")


class Page(HTMLParser):
    """What a browser would run, load or follow on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loaded: set[str] = set()
        self.scripts: set[str] = set()
        self.followed: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = {name: value or "" for name, value in attrs}
        self.attributes |= values.keys()
        if tag == "script":
            self.scripts.add(values.get("src", "inline"))
        self.loaded |= {values[name] for name in ("src", "srcset", "data") if name in values}
        self.followed |= {values[name] for name in ("href", "action") if name in values}

    def verify(self) -> None:
        assert self.scripts <= ON_PAGES
        assert not self.tags & {"svg", "iframe", "object", "embed", "style", "annotation-xml", "b"}
        assert not {"style", "srcdoc", "formaction"} & self.attributes
        assert not any(name.startswith("on") for name in self.attributes)
        assert all(address.startswith(OURS) for address in self.loaded)
        assert not any(":" in address.partition("?")[0][:12] for address in self.followed)


def cell(kind: str, source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {}} | more


def hostile(source: str) -> bytes:
    """A notebook that says ``source`` wherever something can be said."""
    outputs = [
        {"output_type": "stream", "name": source, "text": source},
        {"output_type": "error", "ename": source, "evalue": source, "traceback": [source]},
        *(
            {"output_type": "display_data", "data": {kind: source}, "metadata": {source: source}}
            for kind in (
                "text/html",
                "image/svg+xml",
                "application/javascript",
                "text/latex",
                "text/markdown",
                "image/png",
                "text/plain",
            )
        ),
    ]
    answer = {"praktikum": {"answer": PART, "check": source}, "nbgrader": {"grade_id": source}}
    return json.dumps(
        {
            "cells": [
                cell("code", f'x = """{source}"""', outputs=outputs),
                cell("raw", source),
                cell(source, source),
                cell(
                    "markdown",
                    source,
                    metadata=answer,
                    attachments={source: {"image/svg+xml": source, "image/png": source}},
                ),
            ],
            "metadata": {"praktikum": {"unit": source}, "title": source},
            "nbformat": 4,
        }
    ).encode()


@pytest.fixture
def handed_in(student: User, loaded: LoadedCourse) -> Callable[[bytes, str], Attempt]:
    def take(content: bytes, name: str = "x.ipynb") -> Attempt:
        attempt = take_in(loaded, student, TASK, name, content, NOW)
        store_grading(attempt, ("the_mean",))
        return attempt

    return take


@pytest.mark.parametrize("attack", [*ATTACKS, "$\\require{x}$", "<b onclick=x>", "</pre><b>"])
def test_a_notebook_does_nothing_to_who_marks_it(
    attack: str,
    instructor: User,
    browser: Browser,
    handed_in: Callable[..., Attempt],
) -> None:
    attempt = handed_in(hostile(attack))
    client = browser(instructor)
    client.post("/class/marking/names/", {"names": "1"})
    for path in (
        f"/class/marking/answers/{attempt.public}/{PART}/",
        f"/class/similar/{attempt.public}/{attempt.public}/",
        f"/course/attempts/{attempt.public}/",
    ):
        page = client.get(path)
        assert page.status_code == 200
        seen = Page(page.text)
        # Links in text may lead out by the schemes that a mail reader would open.
        seen.followed = {each for each in seen.followed if not each.startswith("https://")}
        if path.startswith("/course"):
            seen.tags -= {"b", "svg"}  # the report's own
        seen.verify()


def test_words_of_people_are_words(
    student: User,
    instructor: User,
    browser: Browser,
    handed_in: Callable[..., Attempt],
) -> None:
    """Names, file names, comments, kept comments, appeals."""
    said = f"{SCRIPT}<img src=x onerror=y>"
    User.objects.filter(pk=student.pk).update(name=said)
    attempt = handed_in(hostile("x"), f"{SCRIPT[:9]}.ipynb")
    Snippet.objects.create(by=instructor, task=TASK, part=PART, text=said)
    HandPoints.objects.create(
        student=student, task=TASK, part=PART, points=1, comment=said, by=instructor, at=NOW
    )
    appeal = Appeal.objects.create(attempt=attempt, text=said, at=NOW)
    client = browser(instructor)
    client.post("/class/marking/names/", {"names": "1"})
    for path in (
        f"/class/marking/answers/{attempt.public}/{PART}/",
        f"/class/marking/parts/{TASK}/{PART}/",
        f"/appeals/{appeal.public}/",
        "/appeals/",
        "/class/",
        "/class/people/",
        f"/course/attempts/{attempt.public}/",
    ):
        page = client.get(path).text
        assert SCRIPT not in page
        assert "<img src=x" not in page


def picture_of(size: tuple[int, int]) -> str:
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_pictures_are_shown_from_our_own_path_and_to_whom_the_work_is(
    student: User,
    other: User,
    assistant: User,
    browser: Browser,
    handed_in: Callable[..., Attempt],
) -> None:
    data = {"image/png": picture_of((2, 2))}
    attached = cell(
        "markdown",
        "![](attachment:../../x)",
        metadata={"praktikum": {"answer": PART}},
        attachments={"../../x": data},
    )
    bomb = {"output_type": "display_data", "data": {"image/png": picture_of((6000, 6000))}}
    plot = cell("code", "plot()", outputs=[bomb])
    attempt = handed_in(json.dumps({"cells": [plot, attached], "nbformat": 4}).encode())
    page = browser(assistant).get(f"/class/marking/answers/{attempt.public}/{PART}/").text
    path = f"/class/marking/pictures/{attempt.public}/"
    assert {each for each in Page(page).loaded if "pictures" in each} == {f"{path}0/", f"{path}1/"}
    assert browser(assistant).get(f"{path}0/").status_code == 404  # the bomb
    shown = browser(assistant).get(f"{path}1/")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert browser(student).get(f"{path}1/").status_code == 200
    assert browser(other).get(f"{path}1/").status_code == 404
    assert browser().get(f"{path}1/").status_code == 302
    assert browser(assistant).get(f"{path}2/").status_code == 404


def many(count: int, source: str) -> bytes:
    return json.dumps({"cells": [cell("markdown", source)] * count}).encode()


BOMBS = {
    "deep": b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "many cells": many(20_000, "# x"),
    "a long line": many(1, "x" * 10**6),
    "long cells": many(300, "*a _" * 2_500),
    "deep quotes": many(1, "> " * 10_000 + "x"),
    "brackets": many(1, "[" * 20_000),
    "emphasis": many(1, "*a **b " * 4_000),
    "deep lists": many(1, "\n".join(" " * n + "- x" for n in range(200))),
    "formulas": many(1, "$" + "{" * 4_000 + "$ " + "$\\frac{1}{2}$ " * 1_000),
    "a macro of macros": many(1, "$\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\a$"),
    "half a pair": b'{"cells": [{"cell_type": "markdown", "source": "\\ud800"}]}',
    "numbers": b'{"cells": [{"cell_type": 1, "source": 2, "outputs": 3, "metadata": 4}, 5]}',
    "no notebook": b"\xff\xfe\x00",
    "a digit bomb": b'{"cells": ' + b"9" * 50_000 + b"}",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_cut_to_what_a_page_can_hold(bomb: str) -> None:
    work = read_work(BOMBS[bomb])
    html = "".join(each.html for each in work.cells)
    assert len(html.encode()) < 6_000_000
    assert len(work.cells) <= 500


@pytest.mark.parametrize("bomb", ["many cells", "long cells", "deep quotes"])
def test_the_reader_is_told_that_not_all_is_shown(bomb: str) -> None:
    assert read_work(BOMBS[bomb]).cut is (bomb != "deep quotes")
