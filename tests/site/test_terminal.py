"""Handing in from a terminal: the verb talks to the site, over a wire without a network."""

from __future__ import annotations

import datetime as dt
import io
import re
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from urllib.response import addinfourl

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner, Result

from praktikum.cli.main import app
from praktikum.cli.site_client import SiteClient, SiteError
from praktikum.site.classroom.models import Attempt, Extension, Grading, Publication
from praktikum.site.people.models import SubmitToken, User

from .conftest import NOW, TASK, store_grading

Browser = Callable[..., Client]
SITE = "http://localhost/"


class ToSite(urllib.request.HTTPHandler):
    """Gives what would go over the wire to Django, and its answer back."""

    def http_open(self, request: urllib.request.Request) -> addinfourl:  # type: ignore[override]
        body = request.data
        assert body is None or isinstance(body, bytes)
        client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
        answer = client.generic(
            request.get_method(),
            request.selector,
            body or b"",
            content_type=request.get_header("Content-type") or "",
            headers={"Authorization": request.get_header("Authorization") or ""},
        )
        headers = Message()
        for name, value in answer.headers.items():
            headers[name] = value
        said = addinfourl(io.BytesIO(answer.content), headers, request.full_url, answer.status_code)
        said.msg = answer.reason_phrase  # type: ignore[attr-defined]
        return said


@pytest.fixture(autouse=True)
def wire(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    build = urllib.request.build_opener
    monkeypatch.setattr(urllib.request, "build_opener", lambda *handlers: build(ToSite, *handlers))


@pytest.fixture
def token(student: User) -> str:
    return SubmitToken.make(student, NOW)


@pytest.fixture
def work(tmp_path: Path, solved_notebook: bytes) -> Path:
    path = tmp_path / "моя работа; 1.ipynb"
    path.write_bytes(solved_notebook)
    return path


def submit(*arguments: object, token: str) -> Result:
    environment = {"PRAKTIKUM_SITE": SITE, "PRAKTIKUM_TOKEN": token, "COLUMNS": "200"}
    return CliRunner().invoke(app, ["submit", *map(str, arguments)], env=environment)


def test_what_is_handed_in_arrives_whole_under_its_name(
    student: User, token: str, work: Path
) -> None:
    result = submit(work, "--lang", "en", token=token)
    assert result.exit_code == 0, result.output
    [attempt] = Attempt.objects.all()
    assert (attempt.student, attempt.task, attempt.source) == (student, TASK, work.name)
    assert bytes(attempt.file.content) == work.read_bytes()
    assert f"{SITE}course/attempts/{attempt.public}/" in result.output


def test_it_can_wait_for_the_points(
    student: User, token: str, work: Path, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = timezone.now() + dt.timedelta(days=1)
    Extension.objects.create(student=student, task=TASK, until=until, by=instructor, at=NOW)

    def grade(_seconds: float) -> None:
        store_grading(Attempt.objects.get(), ("the_mean", "the_scale"))

    monkeypatch.setattr("praktikum.cli.submit.time.sleep", grade)
    result = submit(work, "--wait", "--lang", "en", token=token)
    assert "Points: 4–8 of 10" in result.output  # 4 by hand are still to come


def test_scores_that_are_held_back_do_not_come_by_this_way(
    token: str, work: Path, student: User, instructor: User, graded: Callable[..., Grading]
) -> None:
    grading = graded(student, ("the_mean",))
    Publication.objects.create(task=TASK, shown=False, by=instructor, at=NOW)
    state = SiteClient(SITE, token).attempt(str(grading.attempt.public))
    assert state["state"] == "held back"
    assert "report" not in state


@pytest.mark.parametrize(
    ("options", "content", "said"),
    [
        (["--task", "t9"], b"x = 1", "This task is not taken in here now."),
        (["--task", TASK], b"", "work.py: the file is empty."),
        ([], b"x = 1", "work.py does not say of which task it is: add --task"),
    ],
)
def test_a_refusal_is_one_line(
    token: str, tmp_path: Path, options: list[str], content: bytes, said: str
) -> None:
    path = tmp_path / "work.py"
    path.write_bytes(content)
    result = submit(path, "--lang", "en", *options, token=token)
    assert (result.exit_code, result.stderr) == (1, f"praktikum: {said}\n")
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("closed", ["revoked", "renewed", "account", "wrong"])
def test_a_token_that_is_closed_opens_nothing(
    student: User, token: str, work: Path, browser: Browser, closed: str
) -> None:
    if closed in ("revoked", "renewed"):
        asked = {"revoke": "1"} if closed == "revoked" else {}
        browser(student).post("/terminal/", asked)
    elif closed == "account":
        User.objects.filter(pk=student.pk).update(is_active=False)
    else:
        token = "guessed"
    result = submit(work, "--lang", "en", token=token)
    assert "The token does not fit" in result.stderr
    assert not Attempt.objects.exists()


def test_the_page_shows_a_token_once_and_stores_its_digest(student: User, browser: Browser) -> None:
    client = browser(student)
    page = client.post("/terminal/")
    [made] = re.findall(r'<code class="wrap">([\w-]{43})</code>', page.text)
    assert "no-store" in page.headers["Cache-Control"]
    assert SubmitToken.owner(made) == student
    assert made not in client.get("/terminal/").text
    assert made not in str(SubmitToken.objects.values_list())


def test_a_token_sees_its_owners_attempts_alone(
    token: str, other: User, hand_in: Callable[..., Attempt]
) -> None:
    theirs = hand_in(other)
    with pytest.raises(SiteError, match="Здесь такого нет"):
        SiteClient(SITE, token).attempt(str(theirs.public))


def test_the_staff_hands_in_nothing(assistant: User, work: Path) -> None:
    result = submit(work, "--lang", "en", token=SubmitToken.make(assistant, NOW))
    assert "The token does not fit" in result.stderr


def test_a_session_opens_nothing_here(student: User, browser: Browser) -> None:
    client = browser(student)
    assert client.post(f"/terminal/tasks/{TASK}/").status_code == 401


@pytest.mark.parametrize(
    ("site", "token", "said"),
    [
        ("http://class.example/", "t", "a token goes only over https"),
        ("class.example", "t", "is no address"),
        ("file:///etc/passwd", "t", "is no address"),
        (SITE, "a\r\nHost: evil", "that is no token"),
        (SITE, "", "that is no token"),
    ],
)
def test_a_token_is_not_sent_astray(site: str, token: str, said: str) -> None:
    with pytest.raises(SiteError, match=said):
        SiteClient(site, token)


def test_a_redirect_is_not_followed(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []

    def moved(_self: object, request: urllib.request.Request) -> addinfourl:
        went.append(request.full_url)
        headers = Message()
        headers["Location"] = "http://localhost/elsewhere"
        said = addinfourl(io.BytesIO(b""), headers, request.full_url, 302)
        said.msg = "Found"  # type: ignore[attr-defined]
        return said

    monkeypatch.setattr(ToSite, "http_open", moved)
    with pytest.raises(SiteError, match="answered 302, but not as a site of the practicum"):
        SiteClient(SITE, token).attempt("x")
    assert went == [f"{SITE}terminal/attempts/x/"]
