"""A class online from its first day, as each of its people meets it in headless Chromium.

The instructor opens it with a roster and reads English; students and assistant read Russian. What
is handed in is graded by the site's own worker in its sandbox.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from praktikum.course.content import find_course, open_content
from praktikum.course.mutants import mutants_of
from praktikum.course.notebook import build_notebook
from praktikum.course.unit import Unit
from praktikum.grader.sandbox import why_unavailable

from .class_online import (
    PATIENCE,
    TASK,
    HandedIn,
    Person,
    course_of_task_1,
    handed_in,
    score,
    served,
    taken,
)
from .walk import Met, barriers, walk
from .watching import DESKTOP, PHONE, watch

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

FAILED = "dense_backward"
CYRILLIC_F = {"key": "а", "code": "KeyF"}


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


@pytest.fixture(scope="module")
def sedov(browser: Browser, site: tuple[str, str], links: dict[str, str]) -> Person:
    """The assistant."""
    return accepted(Person(browser, site[0], "ru"), "sedov", links)


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
def blank(anna: Person, given: bytes) -> HandedIn:
    """Anna hands in the notebook as it was given."""
    return handed_in(anna, given)


@pytest.fixture(scope="module")
def unit() -> Unit:
    return open_content(find_course(Path(__file__))).unit(TASK)


@pytest.fixture(scope="module")
def solved(anna: Person, blank: HandedIn, unit: Unit) -> HandedIn:
    """After that she hands in the solved notebook."""
    return handed_in(anna, nbformat.writes(build_notebook(unit, "ru", solved=True)).encode())


@pytest.fixture(scope="module")
def mistaken(boris: Person, unit: Unit) -> HandedIn:
    """Boris hands in a notebook with one mistake."""
    notebook = build_notebook(unit, "ru", solved=True)
    [mistake] = [mutant for mutant in mutants_of(unit) if mutant.name == MISTAKE]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, source in zip(code, mistake.apply([cell.source for cell in code]), strict=True):
        cell.source = source
    return handed_in(boris, nbformat.writes(notebook).encode())


@pytest.fixture(scope="module")
def marked(sedov: Person, solved: HandedIn, mistaken: HandedIn) -> str:
    """The assistant marks the first theory of both by keyboard; where that leads in the end."""
    page = sedov.page
    page.goto("/class/marking/")
    page.locator(".card button").first.click()
    for _work in (solved, mistaken):
        expect(page.locator("#id_points")).to_have_value("")
        page.locator("body").dispatch_event("keydown", CYRILLIC_F | {"bubbles": True})
        expect(page.locator("#id_points")).to_have_value("1.5")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.keyboard.type("Всё выведено.")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    return page.url.removeprefix(sedov.url)


@pytest.fixture(scope="module")
def appeal(boris: Person, mistaken: HandedIn) -> str:
    """Boris appeals against a check; the path of his appeal."""
    page = boris.page
    page.goto(mistaken.path)
    page.locator(f"a[href='{mistaken.path.replace('/course/', '/appeals/')}']").click()
    failed = page.locator(f"[name=about] option[value*=':{FAILED}']").get_attribute("value")
    page.locator("[name=about]").select_option(failed)
    page.locator("[name=text]").fill("Разве это ошибка?")
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"/appeals/[0-9a-f-]{36}/$"))
    return page.url.removeprefix(boris.url)


@pytest.fixture(scope="module")
def answered(sedov: Person, appeal: str) -> None:
    """The assistant finds the appeal and declines it."""
    page = sedov.page
    page.goto("/appeals/")
    page.locator(f"a[href='{appeal}']").click()
    page.locator("[name=granted][value='0']").check()
    page.locator("[name=text]").fill("Да: градиент смещения забыт.")
    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text("Седов Семён")


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


def test_a_notebook_as_it_was_given_earns_nothing_yet(anna: Person, blank: HandedIn) -> None:
    assert blank.score == NOTHING_YET
    anna.page.goto(blank.path)
    expect(anna.page.locator(".check.passed")).to_have_count(0)


def test_a_solved_notebook_earns_all_that_needs_no_person(anna: Person, solved: HandedIn) -> None:
    assert solved.score == ALL_BUT_BY_HAND
    anna.page.goto(solved.path)
    expect(anna.page.locator(".check.failed")).to_have_count(0)


def test_a_mistake_is_told_with_what_was_got_what_expected_and_a_hint(
    boris: Person, mistaken: HandedIn
) -> None:
    page = boris.page
    page.goto(mistaken.path)
    told = page.locator(".part[open] .check.failed").first
    expect(told.locator(".got")).to_be_visible()
    expect(told.locator(".expected")).to_be_visible()
    expect(told.locator(".hint")).to_be_visible()


def test_the_best_attempt_counts(anna: Person, blank: HandedIn, solved: HandedIn) -> None:
    page = anna.page
    page.goto(f"/course/tasks/{TASK}/")
    counting = page.locator(".card", has_text="засчитан")
    expect(counting).to_have_count(1)
    expect(counting.locator(f"a[href='{solved.path}']")).to_be_visible()


def test_the_gradebook_goes_out_as_it_is_shown(
    instructor: Person, solved: HandedIn, mistaken: HandedIn
) -> None:
    page = instructor.page
    page.goto("/class/?sort=points&down=1")
    shown = page.locator(".book tbody th").all_inner_texts()
    assert shown == ["Петрова Анна", "Иванов Борис"]
    _head, *rows = csv.reader(io.StringIO(taken(page, "CSV").decode("utf-8-sig")))
    assert [row[1] for row in rows] == shown
    with zipfile.ZipFile(io.BytesIO(taken(page, "XLSX"))) as book:
        assert "Петрова Анна" in "".join(book.read(name).decode() for name in book.namelist())


def test_scores_that_are_held_back_are_seen_by_the_staff_alone(
    instructor: Person, anna: Person, solved: HandedIn
) -> None:
    card = instructor.page.locator(".card").first
    shown = [person.page.locator(".score") for person in (anna, instructor)]
    for pressed, next_one, seen_by_anna in (
        ("Hold back", "Show to students", 0),
        ("Show to students", "Hold back", 1),
    ):
        instructor.page.goto("/class/publication/")
        card.get_by_role("button", name=pressed).click()
        expect(card.get_by_role("button", name=next_one)).to_be_visible()
        for person in (anna, instructor):
            person.page.goto(solved.path)
        expect(shown[0]).to_have_count(seen_by_anna)
        expect(shown[1]).to_have_count(1)


def test_copies_stand_side_by_side(
    instructor: Person, solved: HandedIn, mistaken: HandedIn
) -> None:
    instructor.page.goto("/class/similar/")
    instructor.page.get_by_role("link", name="Side by side").first.click()
    expect(instructor.page.locator(".sides h2")).to_have_count(2)
    assert instructor.page.locator(".cell mark").count() > 20


def test_grading_again_shows_what_would_change_before_it_counts(
    instructor: Person, solved: HandedIn, mistaken: HandedIn
) -> None:
    page = instructor.page
    page.goto(solved.path)
    before = score(page)
    page.goto("/class/regrades/")
    page.locator("[name=task]").select_option(TASK)
    page.locator("[name=why]").fill("Looking twice")
    instructor.press("Grade again")
    expect(page.get_by_role("button", name="Accept")).to_be_enabled()
    expect(page.locator("main")).to_contain_text("Nothing: every score stays as it is.")
    instructor.press("Accept")
    expect(page.locator("main")).to_contain_text("These gradings count since")
    page.goto(solved.path)
    assert score(page) == before


def test_points_given_by_keyboard_are_on_the_report(
    anna: Person, solved: HandedIn, marked: str
) -> None:
    assert marked == "/class/marking/"  # nothing of this part is left to mark
    anna.page.goto(solved.path)
    assert score(anna.page) == "9,5–13"
    part = anna.page.locator(".part").first
    part.locator("summary").click()
    expect(part).to_contain_text("Всё выведено.")


@pytest.mark.usefixtures("answered")
def test_the_answer_to_an_appeal_reaches_its_student(boris: Person, appeal: str) -> None:
    boris.page.goto(appeal)
    expect(boris.page.locator("main")).to_contain_text("градиент смещения забыт")


@pytest.mark.usefixtures("solved", "marked", "answered")
def test_nothing_went_wrong_on_the_way(
    instructor: Person, sedov: Person, anna: Person, boris: Person
) -> None:
    assert [person.wrong for person in (instructor, sedov, anna, boris)] == [[], [], [], []]


@pytest.fixture(
    scope="module", params=[("ru", PHONE, "light"), ("en", DESKTOP, "dark")], ids=["ru", "en"]
)
def pages(
    sedov: Person,
    instructor: Person,
    anna: Person,
    boris: Person,
    blank: HandedIn,
    solved: HandedIn,
    mistaken: HandedIn,
    marked: str,
    answered: None,
    request: pytest.FixtureRequest,
) -> dict[str, Met]:
    """Every page of every role, in one language, window and scheme of colours."""
    lang, viewport, scheme = request.param
    met: dict[str, Met] = {}
    kinds = {"/"}  # where nobody stays
    for person, starts in (
        (sedov, ["/class/"]),
        (instructor, ["/class/", mistaken.path]),
        (anna, ["/course/", blank.path, solved.path]),
        (boris, ["/course/", mistaken.path]),
    ):
        with person.another_window(locale=lang, viewport=viewport, color_scheme=scheme) as page:
            met |= walk(page, watch(page, person.url), starts, kinds)
            assert page.locator("html").get_attribute("lang") == lang
    return met


def test_the_walk_comes_by_every_room(pages: dict[str, Met]) -> None:
    rooms = {"/".join(path.split("/")[:3]) for path in pages}
    staff = "marking statistics similar people extensions publication regrades scores journal"
    assert {f"/class/{room}" for room in staff.split()} <= rooms
    assert {"/course/tasks", "/course/attempts", "/people/password", "/terminal/"} <= rooms
    assert any(re.fullmatch(r"/appeals/[0-9a-f-]{36}/", path) for path in pages)


def test_no_page_has_an_error_or_asks_for_anything_elsewhere(pages: dict[str, Met]) -> None:
    assert {path: met.wrong for path, met in pages.items() if met.wrong} == {}


def test_no_page_is_wider_than_its_window(pages: dict[str, Met]) -> None:
    assert {path: met.too_wide for path, met in pages.items() if met.too_wide > 0} == {}


def test_axe_finds_no_barrier(pages: dict[str, Met]) -> None:
    assert {path: met.barriers for path, met in pages.items() if met.barriers} == {}


def test_pages_for_nobody_are_without_fault_too(
    browser: Browser, site: tuple[str, str], links: dict[str, str]
) -> None:
    page = Person(browser, site[0], "en").page
    for path in ("/people/sign-in/", links["petrova"], "/nothing/"):
        page.goto(path)
        assert barriers(page) == []
