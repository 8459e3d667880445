"""What is handed in is stored whole, dated and queued, or refused with a reason."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from praktikum.grader.submission import MAX_BYTES
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.intake import IntakeError, clean_name, take_in
from praktikum.site.classroom.models import Attempt, Job, StoredFile
from praktikum.site.people.models import User

from .conftest import NOW, TASK

HandIn = Callable[..., Attempt]
Browser = Callable[..., Client]


def test_an_attempt_holds_the_very_bytes_and_the_time(
    student: User, hand_in: HandIn, solved_notebook: bytes
) -> None:
    attempt = hand_in(student)
    assert bytes(attempt.file.content) == solved_notebook
    assert attempt.file_id == hashlib.sha256(solved_notebook).hexdigest()
    assert attempt.received == NOW
    assert attempt.jobs.count() == 1


def test_the_same_file_is_stored_once(student: User, other: User, hand_in: HandIn) -> None:
    hand_in(student)
    hand_in(other)
    assert StoredFile.objects.count() == 1
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("task1.docx", b"x", "task1.docx: a notebook (.ipynb) or a Python file (.py) is wanted."),
        ("task1", b"x", "task1: a notebook (.ipynb) or a Python file (.py) is wanted."),
        ("task1.ipynb", b"", "task1.ipynb: the file is empty."),
        ("task1.ipynb", b"x" * (MAX_BYTES + 1), "task1.ipynb: 21 MB, the limit is 20 MB; "),
    ],
)
def test_what_can_be_no_submission_is_refused(
    student: User, loaded: LoadedCourse, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(IntakeError) as refused:
        take_in(loaded, student, TASK, name, content, NOW)
    assert refused.value.text.en.startswith(why)
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("task", "when"),
    [("t9_other", NOW), (TASK, NOW - dt.timedelta(days=30))],
    ids=["unknown", "not given out yet"],
)
def test_a_task_that_is_not_open_is_refused(
    student: User, loaded: LoadedCourse, task: str, when: dt.datetime
) -> None:
    with pytest.raises(IntakeError, match="not taken in here now"):
        take_in(loaded, student, task, "a.py", b"x", when)


def test_one_student_cannot_fill_the_disk(student: User, other: User, loaded: LoadedCourse) -> None:
    for number in range(30):
        take_in(loaded, student, TASK, "a.py", b"x = %d" % number, NOW)
    with pytest.raises(IntakeError, match="No more than 30 attempts an hour"):
        take_in(loaded, student, TASK, "a.py", b"x", NOW)
    take_in(loaded, other, TASK, "a.py", b"x", NOW)
    take_in(loaded, student, TASK, "a.py", b"x", NOW + dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.py", "passwd.py"),
        ("C:\\work\\Task 1.IPYNB", "Task 1.ipynb"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\u202egnp.py", "a�b�gnp.py"),
        ("я" * 300 + ".ipynb", "я" * 94 + ".ipynb"),
        ("." + "x" * 300, "x" * 100),
    ],
)
def test_a_name_is_only_a_name(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_failure_half_way_leaves_nothing(
    student: User, loaded: LoadedCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("praktikum.site.grading.queue._send", fail)
    with pytest.raises(OSError, match="full"):
        take_in(loaded, student, TASK, "a.py", b"x", NOW)
    assert not (Attempt.objects.exists())
    assert not (StoredFile.objects.exists())
    assert not (Job.objects.exists())


def test_an_upload_through_the_page_is_dated_when_it_came(
    student: User, browser: Browser, solved_notebook: bytes
) -> None:
    before = timezone.now()
    file = SimpleUploadedFile("../task1.ipynb", solved_notebook)
    response = browser(student).post(f"/course/tasks/{TASK}/", {"file": file})
    [attempt] = student.attempts.all()
    assert response.headers["Location"] == f"/course/attempts/{attempt.public}/"
    assert before <= attempt.received <= timezone.now()
    assert attempt.source == "task1.ipynb"


def test_a_refused_upload_is_told_beside_the_form(student: User, browser: Browser) -> None:
    response = browser(student).post(
        f"/course/tasks/{TASK}/", {"file": SimpleUploadedFile("a.txt", b"x")}
    )
    assert response.status_code == 400
    assert "a.txt: a notebook (.ipynb) or a Python file (.py) is wanted." in response.text


@pytest.mark.parametrize(("others", "seconds"), [(0, "5"), (3, "8"), (60, "60")])
def test_a_page_that_waits_looks_again_less_often_where_many_wait(
    student: User,
    person: Callable[..., User],
    hand_in: HandIn,
    browser: Browser,
    others: int,
    seconds: str,
) -> None:
    for number in range(others):
        hand_in(person(f"student{number}"))
    attempt = hand_in(student, NOW + dt.timedelta(seconds=1))
    page = browser(student).get(f"/course/attempts/{attempt.public}/")
    assert page.headers["Refresh"] == seconds
