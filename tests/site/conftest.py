"""A site of the toy course for the tests of this folder: a database each test finds empty.

Django is set up as this file is imported, before any test module imports a model.
"""

from __future__ import annotations

import atexit
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

_DATA = Path(tempfile.mkdtemp(prefix="praktikum-site-"))
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
TOY = Path(__file__).parents[1] / "toy_course" / "course.toml"
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "praktikum.site.settings",
    "PRAKTIKUM_DATA": str(_DATA),
    "PRAKTIKUM_COURSE": str(TOY),
    "PRAKTIKUM_LEASE": "2",
}

import django  # noqa: E402 - the environment comes first

django.setup()

import nbformat  # noqa: E402
import pytest  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from praktikum.checks import Reason, Status, Verdict  # noqa: E402
from praktikum.course.notebook import build_notebook  # noqa: E402
from praktikum.grader import facts  # noqa: E402
from praktikum.grader.attempt_file import attempt_to_json  # noqa: E402
from praktikum.site.classroom.course import LoadedCourse, course_now  # noqa: E402
from praktikum.site.classroom.intake import take_in  # noqa: E402
from praktikum.site.classroom.models import Attempt, Grading, Round  # noqa: E402
from praktikum.site.grading.queue import claim, finish  # noqa: E402
from praktikum.site.opening import make_ready  # noqa: E402
from praktikum.site.people.models import Role, User  # noqa: E402

from .postgresql import Server, programs  # noqa: E402
from .sites import Databases  # noqa: E402

TASK = "t1_toy"
NOW = dt.datetime(2023, 3, 10, 12, tzinfo=dt.UTC)
"""A moment between the toy task's issue and its deadline."""

PASSWORD = "long and random 8412"
_PASSWORD_HASH = make_password(PASSWORD)


@pytest.fixture(scope="session")
def made_database() -> None:
    """The tables, the course's version and the first round, once for a run."""
    setup_test_environment()
    _open_site()


@pytest.fixture
def db(made_database: None) -> Iterator[None]:
    """The database as it was opened; what a test does in it is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    connection.close()


@pytest.fixture
def loaded() -> LoadedCourse:
    """The toy course."""
    return course_now()


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a person of a role; everybody has the same password."""

    def make(username: str, role: Role = Role.STUDENT, name: str = "") -> User:
        return User.objects.create(
            username=username, name=name or username.title(), role=role, password=_PASSWORD_HASH
        )

    return make


@pytest.fixture
def student(person: Callable[..., User]) -> User:
    return person("petrova", name="Анна Петрова")


@pytest.fixture
def other(person: Callable[..., User]) -> User:
    return person("ivanov", name="Иван Иванов")


@pytest.fixture
def assistant(person: Callable[..., User]) -> User:
    return person("helper", Role.ASSISTANT)


@pytest.fixture
def instructor(person: Callable[..., User]) -> User:
    return person("teacher", Role.INSTRUCTOR)


@pytest.fixture
def browser() -> Callable[[User | None], Client]:
    """Gives a browser in which somebody is signed in, or nobody."""

    def open_browser(user: User | None = None) -> Client:
        client = Client(headers={"host": "localhost", "accept-language": "en"})
        if user is not None:
            client.force_login(user)
        return client

    return open_browser


@pytest.fixture
def everyone(
    student: User,
    other: User,
    assistant: User,
    instructor: User,
    browser: Callable[[User | None], Client],
) -> tuple[Client, ...]:
    """A browser of nobody, of the student, of another one, of an assistant, of an instructor."""
    return tuple(browser(user) for user in (None, student, other, assistant, instructor))


@pytest.fixture(scope="session")
def solved_notebook() -> bytes:
    """The solved notebook of the toy task."""
    notebook = build_notebook(course_now().packs[TASK].unit, "en", solved=True)
    return nbformat.writes(notebook).encode()


@pytest.fixture
def hand_in(db: None, solved_notebook: bytes) -> Callable[..., Attempt]:
    """Hands in for a student; the attempt then waits in the queue."""

    def take(user: User, received: dt.datetime = NOW, content: bytes = b"") -> Attempt:
        content = content or solved_notebook
        return take_in(course_now(), user, TASK, "task1.ipynb", content, received)

    return take


@pytest.fixture
def graded(hand_in: Callable[..., Attempt]) -> Callable[..., Grading]:
    """Hands in for a student and grades without a sandbox: the checks named in ``passed`` pass."""

    def make(
        user: User, passed: tuple[str, ...] = ("the_mean",), received: dt.datetime = NOW
    ) -> Grading:
        attempt = hand_in(user, received)
        return store_grading(attempt, passed)

    return make


def store_grading(attempt: Attempt, passed: tuple[str, ...]) -> Grading:
    """Finish the attempt's job with made-up verdicts on the toy task."""
    pack = course_now().packs[TASK]
    found = facts.Attempt(
        student=attempt.student.username,
        task=attempt.task,
        received=attempt.received,
        digest=attempt.file_id,
        source=attempt.source,
        verdicts=tuple(
            Verdict(check, Status.PASSED)
            if check in passed
            else Verdict(check, Status.FAILED, Reason.VALUE, "mean", got="1.0", expected="2.0")
            for check in pack.checks
        ),
    )
    job = claim(attempt.jobs.get().pk, "test", attempt.received)
    assert job is not None
    grading = finish(job, pack.digest, attempt_to_json(found), attempt.received)
    assert grading is not None
    return grading


@pytest.fixture
def first_round(db: None) -> Round:
    round = Round.current()
    assert round is not None
    return round


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server."""
    bin = programs()
    if bin is None:
        pytest.skip("no PostgreSQL here (Debian: apt install postgresql)")
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        server = Server(Path(folder), bin)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, made_database: None) -> Databases:
    """Makes databases for sites of their own."""

    def server() -> Server:
        found: Server = request.getfixturevalue("server")
        return found

    return Databases(_DATA / "site.sqlite3", server, _open_site)


def _open_site() -> None:
    make_ready(NOW)
