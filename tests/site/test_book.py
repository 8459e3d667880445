"""The gradebook sorted, filtered and written to files that other programs read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.test import Client

from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.ledger import rows_of
from praktikum.site.classroom.models import AuditEntry, Grading
from praktikum.site.instructor.book import Book, Query
from praktikum.site.instructor.book_files import book_csv, book_xlsx
from praktikum.site.instructor.charts import HEIGHT, WIDTH, bars, check_counts, spread
from praktikum.site.people.models import User

from .conftest import TASK

Person = Callable[..., User]
Graded = Callable[..., Grading]
LATE = dt.datetime(2023, 3, 15, 12, tzinfo=dt.UTC)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(loaded: LoadedCourse, person: Person, graded: Graded) -> Book:
    """Борис has 4 points and may get 8, Вера 1 of 2 after a day, Анна has nothing, =Г has 0."""
    people = [person("b", name="Борис"), person("v", name="вера"), person("a", name="Анна")]
    people.append(person("g", name="=Г()"))
    graded(people[0], ("the_mean", "the_scale"))
    graded(people[1], ("the_mean",), LATE)
    graded(people[3], ())
    return rows_of(loaded, LATE, people)


def names(book: Book, **given: str) -> list[str]:
    return [user.username for user, _ in Query.of(given, [TASK]).apply(book, LATE)]


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ({}, "gabv"),
        ({"down": "1"}, "vbag"),
        ({"sort": "points", "down": "1"}, "bvag"),
        ({"sort": TASK}, "agvb"),
        ({"sort": "password"}, "gabv"),
        ({"named": "ВЕР"}, "v"),
        ({"named": "b"}, "b"),
        ({"shown": "missing"}, "a"),
        ({"shown": "pending"}, "gbv"),
        ({"shown": "late", "task": TASK}, "v"),
        ({"shown": "errors"}, ""),
        ({"shown": "nothing", "task": "t9"}, "gabv"),
    ],
)
def test_rows_are_those_that_are_asked_for(book: Book, given: dict[str, str], order: str) -> None:
    assert "".join(names(book, **given)) == order


def test_nobody_misses_what_is_not_given_out_yet(book: Book) -> None:
    before = dt.datetime(2023, 2, 1, tzinfo=dt.UTC)
    assert Query(shown="missing").apply(book, before) == []


def test_the_csv_is_read_by_others(book: Book, loaded: LoadedCourse) -> None:
    text = book_csv(book, loaded.course, "en").decode("utf-8-sig")
    lines = {line["student"]: line for line in csv.DictReader(io.StringIO(text))}
    assert lines["b"]["t1_toy.low"] == "4"
    assert lines["b"]["t1_toy.high"] == "8"
    assert lines["v"]["t1_toy.days_late"] == "1"
    assert lines["a"]["t1_toy.days_late"] == ""
    assert (lines["b"]["mark.low"], lines["b"]["mark.high"]) == ("fail", "pass")
    assert lines["g"]["name"] == "'=Г()"


def test_the_workbook_holds_numbers_and_no_formula(book: Book, loaded: LoadedCourse) -> None:
    with zipfile.ZipFile(io.BytesIO(book_xlsx(book, loaded.course, "ru"))) as archive:
        sheet = ElementTree.fromstring(archive.read(SHEET))
        texts = archive.read("xl/sharedStrings.xml").decode()
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    cells = {cell.get("r"): cell for cell in sheet.iter(f"{space}c")}
    row = 2 + [user.username for user, _ in book].index("b")
    assert cells[f"C{row}"].findtext(f"{space}v") == "4"
    assert cells[f"C{row}"].get("t") is None  # a number, not a text
    assert not list(sheet.iter(f"{space}f"))
    assert "=Г()" in texts
    assert "зачёт" in texts


def test_a_file_has_the_rows_of_the_page_and_is_on_record(
    book: Book, instructor: User, browser: Callable[..., Client]
) -> None:
    client = browser(instructor)
    answer = client.get("/class/gradebook.csv?sort=points&down=1&shown=pending")
    lines = answer.content.decode("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["b", "v", "g"]
    assert client.get("/class/gradebook.xlsx").content.startswith(b"PK")
    assert client.get("/class/gradebook.exe").status_code == 404
    assert [entry.what for entry in AuditEntry.objects.all()] == ["csv", "xlsx"]


def test_headings_turn_the_order_round(
    book: Book, instructor: User, browser: Callable[..., Client]
) -> None:
    page = browser(instructor).get("/class/?sort=points&down=1&named=b").text
    assert '<th scope="col" aria-sort="descending"><a href="?named=b&amp;sort=points">' in page


def test_scores_are_spread_by_whole_points(book: Book, loaded: LoadedCourse) -> None:
    found = spread([row for _, row in book], loaded.course.task(TASK))
    assert found.counts == (1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    assert (found.handed_in, found.missing, found.late, found.median) == (3, 1, 1, 1)


def test_the_check_that_fewest_passed_comes_first(book: Book) -> None:
    counts = check_counts([row for _, row in book], TASK)
    assert [(each.check.name, each.passed, each.failed) for each in counts] == [
        ("both", 0, 3),
        ("the_scale", 1, 2),
        ("the_mean", 2, 1),
    ]
    assert [(kind, count) for kind, _, count, _, _ in counts[1].shares] == [
        ("passed", 1),
        ("failed", 2),
    ]


@pytest.mark.parametrize("counts", [(1,), (0, 0, 0), (3, 0, 7, 2), tuple(range(200))])
def test_bars_stay_within_their_drawing(counts: tuple[int, ...]) -> None:
    made = bars(counts)
    assert [bar.count for bar in made] == list(counts)
    for bar in made:
        assert 0 <= bar.x < bar.x + bar.width <= WIDTH
        assert bar.y + bar.height == HEIGHT
    assert max(bar.height for bar in made) == (HEIGHT if any(counts) else 0)


def test_a_task_nobody_handed_in_has_no_plot(
    student: User, instructor: User, browser: Callable[..., Client]
) -> None:
    page = browser(instructor).get(f"/class/statistics/{TASK}/")
    assert page.status_code == 200
    assert "<svg" not in page.text
    assert browser(instructor).get("/class/statistics/t9/").status_code == 404
