"""A class online from its first day, as each of its people meets it in headless Chromium.

The instructor opens it with a roster and reads English; students and assistant read Russian. What
is handed in is graded by the site's own worker in its sandbox.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from praktikum.course.content import find_course, open_content
from praktikum.course.mutants import mutants_of
from praktikum.course.notebook import build_notebook
from praktikum.course.unit import Unit
from praktikum.grader.sandbox import why_unavailable

from .class_online import PATIENCE, TASK, Person, course_of_task_1, served

NOW = dt.datetime.now(dt.UTC)
PASSWORD = "three green horses"
ROSTER = """\
username,name,email,role
petrova,Петрова Анна,,
ivanov,Иванов Борис,,
sedov,Седов Семён,,assistant
"""
MISTAKE = "dense_bias_gradient_forgotten"
# Points of the task: 10 and a bonus of 3; of the 10, a person gives 5.
NOTHING_YET, ALL_BUT_BY_HAND = "0–5", "8–13"

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The URL of a site that was opened today, and its instructor's password."""
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    folder = tmp_path_factory.mktemp("class")
    course = course_of_task_1(find_course(Path(__file__)), folder, NOW)
    with served(folder / "data", course) as opened:
        yield opened


@pytest.fixture(scope="module")
def instructor(browser: Browser, site: tuple[str, str]) -> Person:
    url, password = site
    person = Person(browser, url, "en")
    person.sign_in("instructor", password)
    return person


@pytest.fixture(scope="module")
def looked_at(instructor: Person) -> list[str]:
    """Import the roster; return what the site said it would do."""
    page = instructor.page
    page.goto("/class/people/")
    roster = {"name": "roster.csv", "mimeType": "text/csv", "buffer": ROSTER.encode()}
    page.locator("[type=file]").set_input_files(roster)
    instructor.press("Look at it")
    would_be = page.locator(".sheet .plain li").all_inner_texts()
    instructor.press("Import")
    return would_be


@pytest.fixture(scope="module")
def links(instructor: Person, looked_at: list[str]) -> dict[str, str]:
    """One-time links by sign-in names, from the table in which the instructor gets them."""
    instructor.page.goto("/class/people/")
    with instructor.page.expect_download() as download:
        instructor.press("One-time links for all who have no password (CSV)")
    rows = csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig")))
    return {row["username"]: row["link"] for row in rows}


@pytest.fixture(scope="module")
def anna(browser: Browser, site: tuple[str, str], links: dict[str, str]) -> Person:
    """A student who has accepted and signed in."""
    return accepted(Person(browser, site[0], "ru"), "petrova", links)


@pytest.fixture(scope="module")
def boris(browser: Browser, site: tuple[str, str], links: dict[str, str]) -> Person:
    return accepted(Person(browser, site[0], "ru"), "ivanov", links)


def accepted(person: Person, name: str, links: dict[str, str]) -> Person:
    person.accept(links[name], name, PASSWORD)
    expect(person.page.get_by_role("button", name="Выйти")).to_be_visible()
    return person


@pytest.fixture(scope="module")
def given(anna: Person) -> bytes:
    """The notebook as Anna takes it from the task's page."""
    anna.page.goto("/course/")
    anna.page.locator(".card h3 a").first.click()
    with anna.page.expect_download() as download:
        anna.follow("Тетрадь на русском")
    return download.value.path().read_bytes()


@pytest.fixture(scope="module")
def blank_report(anna: Person, given: bytes) -> str:
    """Hand in the notebook as it was given; return the path of the report on it."""
    return handed_in(anna, given)


@pytest.fixture(scope="module")
def unit() -> Unit:
    return open_content(find_course(Path(__file__))).unit(TASK)


@pytest.fixture(scope="module")
def solved_report(anna: Person, blank_report: str, unit: Unit) -> str:
    """Hand in the solved notebook after that; return the path of the report on it."""
    return handed_in(anna, nbformat.writes(build_notebook(unit, "ru", solved=True)).encode())


@pytest.fixture(scope="module")
def mistaken_report(boris: Person, unit: Unit) -> str:
    """Hand in Boris's notebook, which has one mistake; return the path of the report on it."""
    notebook = build_notebook(unit, "ru", solved=True)
    [mistake] = [mutant for mutant in mutants_of(unit) if mutant.name == MISTAKE]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, source in zip(code, mistake.apply([cell.source for cell in code]), strict=True):
        cell.source = source
    return handed_in(boris, nbformat.writes(notebook).encode())


def handed_in(student: Person, notebook: bytes) -> str:
    """Hand in and wait until the page, which looks again by itself, is the report; its path."""
    page = student.page
    page.goto(f"/course/tasks/{TASK}/")
    file = {"name": "task1.ipynb", "mimeType": "application/json", "buffer": notebook}
    page.locator("[type=file]").set_input_files(file)
    student.press("Сдать")
    expect(page.locator(".score b")).to_be_visible()
    return page.url.removeprefix(student.url)


def score(person: Person, report: str) -> str:
    person.page.goto(report)
    return person.page.locator(".score b").inner_text()


def test_the_roster_is_looked_at_before_it_is_imported(
    instructor: Person, looked_at: list[str]
) -> None:
    assert [line.split()[:2] for line in looked_at] == [
        ["Петрова", "Анна"],
        ["Иванов", "Борис"],
        ["Седов", "Семён"],
    ]
    instructor.page.goto("/class/people/")
    expect(instructor.page.get_by_role("rowheader", name="Петрова Анна")).to_be_visible()


def test_a_link_works_once(anna: Person, links: dict[str, str], browser: Browser) -> None:
    another = Person(browser, anna.url, "en").page
    another.goto(links["petrova"])
    expect(another.get_by_role("heading", level=1)).to_have_text("This link does not work any more")


def test_the_notebook_that_is_given_has_holes_and_no_answers(given: bytes, unit: Unit) -> None:
    assert given == nbformat.writes(build_notebook(unit, "ru", solved=False)).encode()


def test_a_notebook_as_it_was_given_earns_nothing_yet(anna: Person, blank_report: str) -> None:
    assert score(anna, blank_report) == NOTHING_YET
    expect(anna.page.locator(".check.passed")).to_have_count(0)


def test_a_solved_notebook_earns_all_that_needs_no_person(anna: Person, solved_report: str) -> None:
    assert score(anna, solved_report) == ALL_BUT_BY_HAND
    expect(anna.page.locator(".check.failed")).to_have_count(0)


def test_a_mistake_is_told_with_what_was_got_what_expected_and_a_hint(
    boris: Person, mistaken_report: str
) -> None:
    page = boris.page
    page.goto(mistaken_report)
    told = page.locator(".part[open] .check.failed").first
    expect(told.locator(".got")).to_be_visible()
    expect(told.locator(".expected")).to_be_visible()
    expect(told.locator(".hint")).to_be_visible()


def test_the_best_attempt_counts(anna: Person, blank_report: str, solved_report: str) -> None:
    page = anna.page
    page.goto(f"/course/tasks/{TASK}/")
    counting = page.locator(".card", has_text="засчитан")
    expect(counting).to_have_count(1)
    expect(counting.locator(f"a[href='{solved_report}']")).to_be_visible()


def test_the_gradebook_goes_out_as_it_is_shown(
    instructor: Person, solved_report: str, mistaken_report: str
) -> None:
    page = instructor.page
    page.goto("/class/?sort=points&down=1")
    shown = page.locator(".book tbody th").all_inner_texts()
    assert shown == ["Петрова Анна", "Иванов Борис"]
    head, *rows = csv.reader(io.StringIO(taken(page, "CSV").decode("utf-8-sig")))
    assert [row[1] for row in rows] == shown
    with zipfile.ZipFile(io.BytesIO(taken(page, "XLSX"))) as book:
        assert "Петрова Анна" in "".join(book.read(name).decode() for name in book.namelist())


def taken(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.path().read_bytes()


def test_scores_that_are_held_back_are_seen_by_the_staff_alone(
    instructor: Person, anna: Person, solved_report: str
) -> None:
    instructor.page.goto("/class/publication/")
    card = instructor.page.locator(".card").first
    card.get_by_role("button", name="Hold back").click()
    anna.page.goto(solved_report)
    expect(anna.page.locator(".score")).to_have_count(0)
    expect(anna.page.locator("main")).not_to_contain_text("13")
    assert score(instructor, solved_report) == ALL_BUT_BY_HAND
    instructor.page.goto("/class/publication/")
    card.get_by_role("button", name="Show to students").click()
    expect(card.get_by_role("button", name="Hold back")).to_be_visible()
    assert score(anna, solved_report) == ALL_BUT_BY_HAND


def test_copies_stand_side_by_side(
    instructor: Person, solved_report: str, mistaken_report: str
) -> None:
    instructor.page.goto("/class/similar/")
    instructor.page.get_by_role("link", name="Side by side").first.click()
    expect(instructor.page.locator(".sides h2")).to_have_count(2)
    assert instructor.page.locator(".cell mark").count() > 20


def test_grading_again_shows_what_would_change_before_it_counts(
    instructor: Person, solved_report: str, mistaken_report: str
) -> None:
    page = instructor.page
    page.goto("/class/regrades/")
    page.locator("[name=task]").select_option(TASK)
    page.locator("[name=why]").fill("Looking twice")
    instructor.press("Grade again")
    expect(page.get_by_role("button", name="Accept")).to_be_enabled()
    expect(page.locator("main")).to_contain_text("Nothing: every score stays as it is.")
    instructor.press("Accept")
    expect(page.locator("main")).to_contain_text("These gradings count since")
    assert score(instructor, solved_report) == ALL_BUT_BY_HAND
