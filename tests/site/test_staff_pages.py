"""What the staff does: extensions, publication, tables that are looked at first, links, journal."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.classroom.ledger import row_of
from praktikum.site.classroom.models import (
    AuditEntry,
    Extension,
    Grading,
    OutsideScore,
    Publication,
)
from praktikum.site.people.models import Role, User

from .conftest import NOW, TASK

Browser = Callable[..., Client]
Graded = Callable[..., Grading]
LATE = dt.datetime(2023, 3, 16, 12, tzinfo=dt.UTC)


@pytest.fixture
def staff(instructor: User, browser: Browser) -> Client:
    """The instructor's browser."""
    return browser(instructor)


def verbs() -> list[str]:
    return list(AuditEntry.objects.values_list("verb", flat=True))


def extension(student: User, until: str, **other: str) -> dict[str, Any]:
    return {"student": student.pk, "task": TASK, "until": until, "why": "illness"} | other


def upload(client: Client, path: str, table: str) -> Any:
    file = SimpleUploadedFile("table.csv", table.encode())
    return client.post(path, {"file": file})


def test_an_extension_is_in_the_time_of_the_course_and_on_record(
    student: User, graded: Graded, staff: Client
) -> None:
    graded(student, ("the_mean", "the_scale"), LATE)
    answer = staff.post("/class/extensions/", extension(student, "2023-03-16T23:59"))
    assert answer.status_code == 302
    [given] = Extension.objects.all()
    assert given.until == dt.datetime(2023, 3, 16, 20, 59, tzinfo=dt.UTC)
    assert row_of(course_now(), LATE, student).low.points == 4
    [entry] = AuditEntry.objects.all()
    assert (entry.verb, entry.details["why"]) == (Verb.EXTENDED, "illness")
    assert "16 March 2023, 23:59" in staff.get("/class/extensions/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": "2023-03-14T23:59"},  # the deadline itself
        {"until": "tomorrow"},
        {"task": "t9_other"},
        {"student": "0"},
        {"why": ""},
    ],
    ids=str,
)
def test_an_extension_that_says_nothing_is_refused(
    student: User, staff: Client, wrong: dict[str, str]
) -> None:
    given = extension(student, "2023-03-20T23:59") | wrong
    assert staff.post("/class/extensions/", given).status_code == 400
    assert not Extension.objects.exists()


def test_nobody_of_the_staff_gets_an_extension(assistant: User, staff: Client) -> None:
    given = extension(assistant, "2023-03-20T23:59")
    assert staff.post("/class/extensions/", given).status_code == 400


def test_scores_are_held_back_and_shown_again(staff: Client) -> None:
    for shown, held in (("0", {TASK}), ("1", set())):
        staff.post("/class/publication/", {"task": TASK, "shown": shown})
        assert Publication.held_back() == held
    assert verbs() == [Verb.HELD_BACK, Verb.PUBLISHED]
    assert Publication.objects.count() == 2


ROSTER = "username,name,email,role\npetrova,Анна Петрова-Водкина,a@b.ru,\nnew,Новый Человек,,\n"


def test_a_roster_is_looked_at_before_anything_is_done(student: User, staff: Client) -> None:
    page = upload(staff, "/class/people/", ROSTER)
    assert "1 new person:" in page.text
    assert "1 changed:" in page.text
    assert not User.objects.filter(username="new").exists()
    assert verbs() == []


def test_a_roster_that_was_looked_at_is_imported(student: User, other: User, staff: Client) -> None:
    text = upload(staff, "/class/people/", ROSTER).context["text"]
    answer = staff.post("/class/people/", {"text": text, "import": "1"}, follow=True)
    assert "Imported: 1 new, 1 changed." in answer.text
    student.refresh_from_db()
    assert (student.name, student.email) == ("Анна Петрова-Водкина", "a@b.ru")
    assert student.has_usable_password()
    new = User.objects.get(username="new")
    assert (new.role, new.has_usable_password()) == (Role.STUDENT, False)
    assert User.objects.filter(username="ivanov", is_active=True).exists()  # not in the file
    assert verbs() == [Verb.IMPORTED_ROSTER]
    assert "0 new" not in upload(staff, "/class/people/", ROSTER).text


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("name\nАнна\n", "table.csv:1: there is no column &#x27;username&#x27;"),
        ("username,name\na b,Анна\n", "table.csv:2: username: &#x27;a b&#x27; is not up to 150"),
        ("username,name\na,А\nA,Б\n", "table.csv:3: says again what line 2 says"),
        ("username,name,role\na,А,instructor\n", "&#x27;instructor&#x27; is not student or assis"),
        ("username,name\nteacher,А\n", "teacher is instructor here"),
        ("username;name;email\na;А;nowhere\n", "email: &#x27;nowhere&#x27; is no address"),
        ("", "table.csv:1: there is no column"),
    ],
)
def test_mistakes_of_a_roster_are_told(staff: Client, table: str, wrong: str) -> None:
    page = upload(staff, "/class/people/", table or "\n")
    assert page.status_code == 400
    assert wrong in page.text
    assert User.objects.count() == 1


def test_nothing_chosen_is_told(staff: Client) -> None:
    for path in ("/class/people/", "/class/scores/"):
        page = staff.post(path, {})
        assert page.status_code == 400
        assert "Choose a file." in page.text


def test_a_roster_of_thousands_comes_through_and_a_larger_file_does_not(staff: Client) -> None:
    lines = [f"u{number},Константинопольский Константин {number}," for number in range(4000)]
    looked = upload(staff, "/class/people/", "username,name,email\n" + "\n".join(lines))
    assert "4000 new people:" in looked.text
    too_large = upload(staff, "/class/people/", "username,name\n" + "x" * 2**19)
    assert "larger than 512 KB" in too_large.text


def test_a_link_lets_a_new_person_in_once(
    person: Callable[..., User], staff: Client, browser: Browser
) -> None:
    new = person("new")
    new.set_unusable_password()
    new.save()
    content = staff.post("/class/people/links/").content.decode("utf-8-sig")
    [line] = csv.DictReader(io.StringIO(content))
    assert line["username"] == "new"
    assert "no-store" in staff.post("/class/people/new/link/").headers["Cache-Control"]
    guest = browser()
    form = guest.get(line["link"], follow=True).redirect_chain[-1][0]
    chosen = {"new_password1": "three green horses", "new_password2": "three green horses"}
    assert guest.post(form, chosen).status_code == 302
    assert "does not work any more" in browser().get(line["link"], follow=True).text
    assert verbs() == [Verb.INVITED] * 2


def test_scores_from_elsewhere_are_looked_at_and_stored(
    student: User, other: User, staff: Client
) -> None:
    table = "student;task;points;received\npetrova;t1_toy;7,5;2023-03-15 10:00\n"
    table += "Иван Иванов;t1_toy;3;\n"
    looked = upload(staff, "/class/scores/", table)
    assert not OutsideScore.objects.exists()
    staff.post("/class/scores/", {"text": looked.context["text"], "import": "1"})
    now = dt.datetime(2023, 3, 16, tzinfo=dt.UTC)
    points = [row_of(course_now(), now, user).low.points for user in (student, other)]
    assert [str(each) for each in points] == ["6.50", "3.00"]  # a day late; on time
    assert verbs() == [Verb.IMPORTED_SCORES]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("nobody,t1_toy,3", "&#x27;nobody&#x27; is nobody&#x27;s sign-in name"),
        ("Тёзка,t1_toy,3", "&#x27;Тёзка&#x27; is nobody&#x27;s sign-in name and not one student"),
        ("petrova,t1_toy,11", "11 is more than the 10 that can be given"),
        ("petrova,t9,1", "no task &#x27;t9&#x27; in the course"),
        ("petrova,t1_toy,1\nАнна Петрова,t1_toy,2", "two scores for petrova at t1_toy"),
        ("teacher,t1_toy,1", "&#x27;teacher&#x27; is nobody&#x27;s"),
    ],
)
def test_mistakes_of_a_table_of_scores_are_told(
    student: User, person: Callable[..., User], staff: Client, line: str, wrong: str
) -> None:
    for username in ("t1", "t2"):
        person(username, name="Тёзка")
    page = upload(staff, "/class/scores/", f"student,task,points\n{line}\n")
    assert page.status_code == 400
    assert wrong in page.text
    assert not OutsideScore.objects.exists()


def test_the_journal_shows_one_kind_if_asked(instructor: User, staff: Client) -> None:
    record(instructor, Verb.EXTENDED, "first thing", NOW)
    record(None, Verb.INVITED, "second thing", NOW, people=3)
    page = staff.get("/class/journal/").text
    assert page.index("second thing") < page.index("first thing")
    assert "people: 3" in page
    one = staff.get("/class/journal/?verb=extended").text
    assert "first thing" in one
    assert "second thing" not in one
    assert staff.get("/class/journal/?verb=%27&page=x").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "extensions/",
        "publication/",
        "regrades/",
        "regrades/1/",
        "people/",
        "people/links/",
        "people/petrova/link/",
        "scores/",
    ],
)
@pytest.mark.parametrize("role", [Role.STUDENT, Role.ASSISTANT])
def test_only_an_instructor_can_do_any_of_it(
    student: User, person: Callable[..., User], browser: Browser, path: str, role: Role
) -> None:
    assert resolve(f"/class/{path}")
    answer: HttpResponse = browser(person("someone", role)).post(f"/class/{path}", {})
    assert answer.status_code == 404
