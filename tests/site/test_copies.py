"""Works that are alike are shown to the staff, and to nobody else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import nbformat
import pytest
from django.test import Client

from praktikum.course.notebook import build_notebook
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.models import Attempt
from praktikum.site.people.models import User

from .conftest import TASK

Browser = Callable[..., Client]
HandIn = Callable[..., Attempt]

PAIR = re.compile(r'href="/class/similar/[0-9a-f-]{36}/[0-9a-f-]{36}/"')
OWN = '''
def mean(values):
    """Mine."""
    total, count = 0.0, 0
    for value in values:
        total = total + float(value)
        count = count + 1
    return total / count if count > 0 else float("nan")

def scale(values, factor):
    return np.concatenate([np.atleast_1d(value * factor) for value in np.asarray(values).ravel()])
'''
COPY = OWN.replace("total", "s").replace("count", "n").replace("value ", "x ").replace("Mine", "Me")
OTHER = """
def mean(array):
    while len(array) > 1:
        array = [(a + b) / 2 for a, b in zip(array[::2], array[1::2])]
    assert len(array) == 1, f"wanted a power of two, got {array!r}"
    return np.random.default_rng(0).permutation(array)[0]
"""


@pytest.fixture
def notebook(loaded: LoadedCourse) -> Callable[[str], bytes]:
    """The notebook as it is given, with one more cell."""

    def make(source: str) -> bytes:
        built = build_notebook(loaded.packs[TASK].unit, "en", solved=False)
        built.cells.append(nbformat.v4.new_code_cell(source, id="own"))
        return nbformat.writes(built).encode()

    return make


def test_a_copy_under_other_names_is_found_and_marked(
    student: User,
    other: User,
    person: Callable[..., User],
    assistant: User,
    hand_in: HandIn,
    notebook: Callable[[str], bytes],
    browser: Browser,
) -> None:
    first = hand_in(student, content=notebook(OWN))
    second = hand_in(other, content=notebook(COPY))
    hand_in(person("honest", name="Честная"), content=notebook(OTHER))
    page = browser(assistant).get("/class/similar/").text
    assert len(PAIR.findall(page)) == 1
    assert "100%" in page
    assert "Честная" not in page
    sides = {first.public, second.public}
    assert any(f"/class/similar/{a}/{b}/" in page for a in sides for b in sides - {a})
    pair = browser(assistant).get(f"/class/similar/{first.public}/{second.public}/").text
    assert "<mark>        total = total + float(value)</mark>" in pair
    assert "<mark>        s = s + float(value)</mark>" in pair
    assert "<mark>import numpy as np</mark>" not in pair  # it was given


def test_the_newest_work_of_each_is_compared(
    student: User,
    other: User,
    assistant: User,
    hand_in: HandIn,
    notebook: Callable[[str], bytes],
    browser: Browser,
) -> None:
    hand_in(student, content=notebook(OWN))
    hand_in(other, content=notebook(COPY))
    hand_in(other, content=notebook(OTHER))
    page = browser(assistant).get(f"/class/similar/{TASK}/").text
    assert not PAIR.findall(page)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"cells": 1}'])
def test_what_cannot_be_read_is_like_nothing(
    student: User, other: User, assistant: User, hand_in: HandIn, browser: Browser, content: bytes
) -> None:
    one, two = hand_in(student, content=content), hand_in(other, content=content)
    client = browser(assistant)
    assert not PAIR.findall(client.get("/class/similar/").text)
    assert client.get(f"/class/similar/{one.public}/{two.public}/").status_code == 200


def test_code_of_students_is_text(
    student: User, other: User, assistant: User, hand_in: HandIn, browser: Browser
) -> None:
    one, two = hand_in(student, content=b"{"), hand_in(other, content=b"x = '<script>'\n")
    other.attempts.update(source="a.py")
    page = browser(assistant).get(f"/class/similar/{one.public}/{two.public}/").text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_works_that_do_not_exist_are_no_pair(
    student: User, assistant: User, hand_in: HandIn, browser: Browser
) -> None:
    path = f"/class/similar/{hand_in(student).public}/{uuid.uuid4()}/"
    assert browser(assistant).get(path).status_code == 404
    assert browser(assistant).get("/class/similar/t9/").status_code == 404
