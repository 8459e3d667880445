"""What strangers try: other people's things, forged forms, doors that lead elsewhere."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from praktikum.site.classroom.models import Attempt, Extension, Grading
from praktikum.site.people.models import User

from .conftest import NOW, PASSWORD, TASK
from .test_access import ROUTES, path_of

Browser = Callable[..., Client]
Graded = Callable[..., Grading]

SIGN_IN = 302
# What each role gets for an empty form: nobody, a student, another student, an assistant, an
# instructor. 405: the page takes no form; 404: there is no such page for them.
FORMS: dict[str, tuple[int, int, int, int, int]] = {
    "home": (SIGN_IN, 302, 302, 302, 302),
    "language": (SIGN_IN, 302, 302, 302, 302),
    "people:sign-in": (200, 302, 302, 302, 302),
    "people:sign-out": (SIGN_IN, 302, 302, 302, 302),
    "people:password": (SIGN_IN, 200, 200, 200, 200),
    "people:invitation": (200, 200, 200, 200, 200),
    "student:course": (SIGN_IN, 405, 405, 405, 405),
    "student:task": (SIGN_IN, 200, 200, 404, 404),
    "student:notebook": (SIGN_IN, 405, 405, 405, 405),
    "student:pack": (SIGN_IN, 405, 405, 405, 405),
    "student:leaderboard": (SIGN_IN, 405, 405, 405, 405),
    "student:attempt": (SIGN_IN, 405, 405, 405, 405),
    "student:file": (SIGN_IN, 405, 405, 405, 405),
    "student:archive": (SIGN_IN, 405, 405, 405, 405),
    "appeals:all": (SIGN_IN, 405, 405, 405, 405),
    "appeals:new": (SIGN_IN, 200, 404, 404, 404),
    "appeals:one": (SIGN_IN, 404, 404, 200, 200),
    "terminal:token": (SIGN_IN, 200, 200, 404, 404),
    "terminal:submit": (401, 401, 401, 401, 401),
    "terminal:attempt": (401, 401, 401, 401, 401),
    "marking:queue": (SIGN_IN, 405, 405, 405, 405),
    "marking:names": (SIGN_IN, 404, 404, 302, 302),
    "marking:part": (SIGN_IN, 405, 405, 405, 405),
    "marking:next": (SIGN_IN, 404, 404, 302, 302),
    "marking:answer": (SIGN_IN, 404, 404, 200, 200),
    "marking:release": (SIGN_IN, 404, 404, 302, 302),
    "marking:picture": (SIGN_IN, 405, 405, 405, 405),
    "marking:forget": (SIGN_IN, 404, 404, 404, 404),
    "instructor:gradebook": (SIGN_IN, 405, 405, 405, 405),
    "instructor:export": (SIGN_IN, 405, 405, 405, 405),
    "instructor:statistics": (SIGN_IN, 405, 405, 405, 405),
    "instructor:task-statistics": (SIGN_IN, 405, 405, 405, 405),
    "instructor:similar": (SIGN_IN, 405, 405, 405, 405),
    "instructor:task-similar": (SIGN_IN, 405, 405, 405, 405),
    "instructor:pair": (SIGN_IN, 405, 405, 405, 405),
    "instructor:extensions": (SIGN_IN, 404, 404, 404, 200),
    "instructor:publication": (SIGN_IN, 404, 404, 404, 200),
    "instructor:regrades": (SIGN_IN, 404, 404, 404, 200),
    "instructor:regrade": (SIGN_IN, 404, 404, 404, 302),
    "instructor:roster": (SIGN_IN, 404, 404, 404, 400),
    "instructor:invite-all": (SIGN_IN, 404, 404, 404, 200),
    "instructor:invite": (SIGN_IN, 404, 404, 404, 200),
    "instructor:outside": (SIGN_IN, 404, 404, 404, 400),
    "instructor:journal": (SIGN_IN, 405, 405, 405, 405),
}
BY_TOKEN = {"terminal:submit", "terminal:attempt"}  # cookies count for nothing there
NAMED = re.compile(r"<(uuid|int|slug|str):\w+>")
NEVER = {"uuid": lambda: str(uuid.uuid4()), "int": lambda: "987654", "slug": lambda: "never"}


def test_the_table_has_every_address() -> None:
    assert set(FORMS) == set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_each_role_may_send_what_is_its_own(
    name: str, student: User, graded: Graded, everyone: tuple[Client, ...]
) -> None:
    path = path_of(name, graded(student))
    assert tuple(each.post(path).status_code for each in everyone) == FORMS[name]


@pytest.mark.parametrize("name", sorted(set(ROUTES) - BY_TOKEN))
def test_no_form_is_taken_without_its_token(name: str, instructor: User, graded: Graded) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.force_login(instructor)
    assert client.post(path_of(name, graded(instructor))).status_code == 403


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if NAMED.search(route)])
def test_a_guessed_name_is_nobodys(
    name: str, student: User, assistant: User, instructor: User, browser: Browser
) -> None:
    """Where a task or a part is named beside, that is guessed, too."""
    route = NAMED.sub(lambda match: NEVER.get(match[1], NEVER["slug"])(), ROUTES[name])
    for user in (student, assistant, instructor):
        for answer in (browser(user).get(f"/{route}"), browser(user).post(f"/{route}")):
            assert answer.status_code in ({401} if name in BY_TOKEN else {404, 405})


@pytest.mark.parametrize("name", ROUTES)
def test_every_answer_binds_the_browser(
    name: str, student: User, instructor: User, graded: Graded, browser: Browser
) -> None:
    path = path_of(name, graded(student))
    for user in (None, student, instructor):
        headers = browser(user).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "data:" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example/",
    "http://localhost@evil.example/",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_door_leads_elsewhere(student: User, browser: Browser, address: str) -> None:
    sign_in = {"username": "petrova", "password": PASSWORD, "next": address}
    assert browser().post("/people/sign-in/", sign_in).headers["Location"] == "/"
    chosen = browser().post("/language/", {"language": "en", "next": address})
    assert chosen.headers["Location"] == "/"


def test_a_session_is_a_new_one_after_signing_in_and_none_after_signing_out(
    student: User, browser: Browser
) -> None:
    client = browser()
    client.cookies["sessionid"] = "planted"
    client.post("/people/sign-in/", {"username": "petrova", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie.value != "planted"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    thief = browser()
    thief.cookies["sessionid"] = cookie.value
    assert thief.get("/course/").status_code == 200
    client.post("/people/sign-out/")
    assert thief.get("/course/").status_code == SIGN_IN


def test_a_new_password_ends_the_sessions_elsewhere(student: User, browser: Browser) -> None:
    here, elsewhere = browser(student), browser(student)
    new = "three green horses"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/people/password/", form).status_code == 302
    assert here.get("/course/").status_code == 200
    assert elsewhere.get("/course/").status_code == SIGN_IN


def test_who_guesses_passwords_locks_nobody_else_out(
    student: User, other: User, browser: Browser
) -> None:
    guesser = browser()
    wrong = {"username": "petrova", "password": "wrong"}
    assert [guesser.post("/people/sign-in/", wrong).status_code for _ in range(8)][-1] == 429
    right = {"username": "petrova", "password": PASSWORD}
    at_home = browser().post("/people/sign-in/", right, REMOTE_ADDR="10.1.2.3")
    assert at_home.headers["Location"] == "/"
    neighbour = {"username": "ivanov", "password": PASSWORD}
    assert browser().post("/people/sign-in/", neighbour).headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    student: User, browser: Browser
) -> None:
    def answer(name: str) -> str:
        page = browser().post("/people/sign-in/", {"username": name, "password": "wrong"}).text
        return re.sub(r'value="\w{64}"', "", page.replace(name, ""))

    assert answer("petrova") == answer("nobody")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/x.ipynb", "x.ipynb"),
        ("..\\..\\windows\\x.ipynb", "x.ipynb"),
        ("/etc/x.py", "x.py"),
        ("....//x.ipynb", "x.ipynb"),
        ("%2e%2e%2fx.ipynb", "%2e%2e%2fx.ipynb"),
        ("<script>alert(1)<.ipynb", "<script>alert(1)<.ipynb"),
        ("name\u202ebnypi.ipynb", "namebnypi.ipynb"),
        ("x" * 300 + ".ipynb", "x" * 94 + ".ipynb"),
    ],
)
def test_a_file_name_is_a_name_and_no_path(
    student: User, instructor: User, browser: Browser, name: str, kept: str
) -> None:
    until = timezone.now() + dt.timedelta(days=1)
    Extension.objects.create(student=student, task=TASK, until=until, by=instructor, at=NOW)
    client = browser(student)
    upload = SimpleUploadedFile("x.ipynb", b"{}")
    upload._name = name  # past Django's own cleaning
    assert client.post(f"/course/tasks/{TASK}/", {"file": upload}).status_code == 302
    [attempt] = Attempt.objects.all()
    assert attempt.source == kept
    taken = client.get(f"/course/attempts/{attempt.public}/file/")
    assert taken.headers["Content-Disposition"].startswith("attachment; ")
    assert taken.headers["Content-Type"] == "application/octet-stream"
    page = client.get(f"/course/attempts/{attempt.public}/").text
    assert "<script" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/..%2fsettings.py",
        "/static/%2e%2e/settings.py",
        "/static/report/../../facts.py",
        "/static//etc/passwd",
        "/static/settings.py",
        "/media/",
        "/var/site/grading-secret",
        "/grading-secret",
        "/site.sqlite3",
    ],
)
def test_no_path_leads_to_the_sites_own_files(student: User, browser: Browser, path: str) -> None:
    answer = browser(student).get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_a_host_that_is_not_ours_is_refused(browser: Browser) -> None:
    client = Client(headers={"host": "evil.example"})
    assert client.get("/people/sign-in/").status_code == 400
