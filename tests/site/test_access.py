"""Every address, tried by every role: what a person may not see does not exist for them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from praktikum.site.classroom.models import Appeal, Grading
from praktikum.site.people.models import User

from .conftest import NOW, PASSWORD, TASK

Graded = Callable[..., Grading]
Browser = Callable[..., Client]

SIGN_IN = 302
# What each role gets from a GET: nobody, a student, another student, an assistant, an instructor.
TABLE: dict[str, tuple[int, int, int, int, int]] = {
    "home": (SIGN_IN, 302, 302, 302, 302),
    "language": (302, 302, 302, 302, 302),
    "people:sign-in": (200, 302, 302, 302, 302),
    "people:sign-out": (SIGN_IN, 405, 405, 405, 405),
    "people:password": (SIGN_IN, 200, 200, 200, 200),
    "people:invitation": (200, 200, 200, 200, 200),
    "student:course": (SIGN_IN, 200, 200, 404, 404),
    "student:task": (SIGN_IN, 200, 200, 404, 404),
    "student:notebook": (SIGN_IN, 200, 200, 404, 404),
    "student:pack": (SIGN_IN, 200, 200, 404, 404),
    "student:leaderboard": (SIGN_IN, 404, 404, 404, 404),  # the toy task asks for no masks
    "student:attempt": (SIGN_IN, 200, 404, 200, 200),
    "student:file": (SIGN_IN, 200, 404, 200, 200),
    "student:archive": (SIGN_IN, 404, 404, 404, 404),  # none came with the file
    "appeals:all": (SIGN_IN, 200, 200, 200, 200),
    "appeals:new": (SIGN_IN, 200, 404, 404, 404),
    "appeals:one": (SIGN_IN, 200, 404, 200, 200),
    "terminal:token": (SIGN_IN, 200, 200, 404, 404),
    "terminal:submit": (401, 401, 401, 401, 401),  # a session is no token
    "terminal:attempt": (401, 401, 401, 401, 401),
    "marking:queue": (SIGN_IN, 404, 404, 200, 200),
    "marking:names": (SIGN_IN, 405, 405, 405, 405),
    "marking:part": (SIGN_IN, 404, 404, 200, 200),
    "marking:next": (SIGN_IN, 405, 405, 405, 405),
    "marking:answer": (SIGN_IN, 404, 404, 200, 200),
    "marking:release": (SIGN_IN, 405, 405, 405, 405),
    "marking:picture": (SIGN_IN, 404, 404, 404, 404),  # there is none in the toy notebook
    "marking:forget": (SIGN_IN, 405, 405, 405, 405),
    "instructor:gradebook": (SIGN_IN, 404, 404, 200, 200),
    "instructor:export": (SIGN_IN, 404, 404, 404, 200),
    "instructor:statistics": (SIGN_IN, 404, 404, 200, 200),
    "instructor:task-statistics": (SIGN_IN, 404, 404, 200, 200),
    "instructor:similar": (SIGN_IN, 404, 404, 200, 200),
    "instructor:task-similar": (SIGN_IN, 404, 404, 200, 200),
    "instructor:pair": (SIGN_IN, 404, 404, 200, 200),
    "instructor:extensions": (SIGN_IN, 404, 404, 404, 200),
    "instructor:publication": (SIGN_IN, 404, 404, 404, 200),
    "instructor:regrades": (SIGN_IN, 404, 404, 404, 200),
    "instructor:regrade": (SIGN_IN, 404, 404, 404, 200),
    "instructor:roster": (SIGN_IN, 404, 404, 404, 200),
    "instructor:invite": (SIGN_IN, 405, 405, 405, 405),
    "instructor:invite-all": (SIGN_IN, 405, 405, 405, 405),
    "instructor:outside": (SIGN_IN, 404, 404, 404, 200),
    "instructor:journal": (SIGN_IN, 404, 404, 404, 200),
}


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = "", route: str = ""
) -> Iterator[tuple[str, str]]:
    """Every address of the site: its name and its route."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        path = route + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from addresses(each.url_patterns, inner, path)
        else:
            yield f"{space}{each.name}", path


ROUTES = dict(addresses())


def path_of(name: str, grading: Grading) -> str:
    appeal, _ = Appeal.objects.get_or_create(attempt=grading.attempt, text="Why?", at=NOW)
    known = {
        "<uuid:appeal>": str(appeal.public),
        "<slug:task>": TASK,
        "<slug:part>": "words",
        "<slug:named>": TASK,
        "<int:place>": "0",
        "<int:number>": "1",
        "<slug:lang>": "en",
        "<slug:kind>": "csv",
        "<int:round>": str(grading.round_id),
        "<uuid:one>": str(grading.attempt.public),
        "<uuid:other>": str(grading.attempt.public),
        "<str:username>": grading.attempt.student.username,
        "<uuid:public>": str(grading.attempt.public),
        "<uidb64>": "MQ",
        "<token>": "wrong",
    }
    path = ROUTES[name]
    for place, value in known.items():
        path = path.replace(place, value)
    return f"/{path}"


def test_the_table_has_every_address() -> None:
    assert set(TABLE) == set(ROUTES)


@pytest.mark.parametrize("name", TABLE)
def test_each_role_gets_what_is_its_own(
    name: str, student: User, graded: Graded, everyone: tuple[Client, ...]
) -> None:
    path = path_of(name, graded(student))
    answers = [each.get(path) for each in everyone]
    assert tuple(answer.status_code for answer in answers) == TABLE[name]
    if TABLE[name][0] == SIGN_IN and name != "language":
        assert answers[0].headers["Location"].startswith("/people/sign-in/?next=")


def test_another_ones_attempt_looks_like_one_that_never_was(
    student: User, other: User, graded: Graded, browser: Browser
) -> None:
    theirs = f"/course/attempts/{graded(student).attempt.public}/"
    never = f"/course/attempts/{uuid.uuid4()}/"
    client = browser(other)

    def page(path: str) -> str:
        return re.sub(r'value="\w{64}"', "", client.get(path).text.replace(path, ""))

    assert page(theirs) == page(never)


def test_no_page_of_a_student_names_another_one(
    student: User, other: User, graded: Graded, browser: Browser
) -> None:
    graded(student)
    mine = graded(other)
    for name in ("student:course", "student:task", "student:attempt"):
        page = browser(other).get(path_of(name, mine)).text
        assert "Петрова" not in page
        assert "petrova" not in page


def test_a_closed_account_is_signed_out(student: User, browser: Browser) -> None:
    client = browser(student)
    assert client.get("/course/").status_code == 200
    User.objects.filter(pk=student.pk).update(is_active=False)
    assert client.get("/course/").status_code == 302


def test_wrong_passwords_are_limited(student: User, browser: Browser) -> None:
    client = browser()
    sign_in = {"username": "petrova", "password": "wrong"}
    answers = [client.post("/people/sign-in/", sign_in).status_code for _ in range(9)]
    assert answers == [200] * 7 + [429] * 2
    right = client.post("/people/sign-in/", sign_in | {"password": PASSWORD})
    assert right.status_code == 429


def test_signing_in_changes_the_session_and_goes_nowhere_else(
    student: User, browser: Browser
) -> None:
    client = browser()
    client.cookies["sessionid"] = "planted"
    sign_in = {"username": "petrova", "password": PASSWORD}
    answer = client.post("/people/sign-in/?next=https://evil.example/", sign_in)
    assert answer.headers["Location"] == "/"
    assert client.cookies["sessionid"].value != "planted"


def test_forms_need_their_token(student: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.force_login(student)
    assert client.post(f"/course/tasks/{TASK}/").status_code == 403
    assert client.post("/people/sign-out/").status_code == 403


def test_the_policy_of_every_page_allows_no_script_of_others(
    student: User, browser: Browser
) -> None:
    for path in ("/people/sign-in/", "/course/", "/nothing/"):
        policy = browser(student).get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_an_invitation_works_once(student: User, browser: Browser) -> None:
    from praktikum.site.people.invitations import invitation_path

    student.set_unusable_password()
    student.save()
    path = invitation_path(student)
    client = browser()
    form = client.get(path, follow=True)
    assert "petrova" in form.text
    new = {"new_password1": "three green horses", "new_password2": "three green horses"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    sign_in = {"username": "petrova", "password": "three green horses"}
    assert client.post("/people/sign-in/", sign_in).headers["Location"] == "/"
    assert "does not work any more" in browser().get(path, follow=True).text
