"""Masks on their way from the form through the sandbox to points and the leaderboard."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import nbformat
import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from praktikum.checks import Text
from praktikum.course.given_images import write_masks
from praktikum.course.notebook import build_notebook
from praktikum.grader.archive import MAX_ARCHIVE
from praktikum.grader.attempt_file import attempt_to_json
from praktikum.grader.facts import Attempt as GradedAttempt
from praktikum.grader.facts import Measured
from praktikum.grader.sandbox import why_unavailable
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.intake import IntakeError, take_in
from praktikum.site.classroom.models import Attempt, Publication
from praktikum.site.grading.desk import Desk
from praktikum.site.grading.given import given_images
from praktikum.site.grading.queue import claim, finish
from praktikum.site.people.models import User
from praktikum.site.student.leaderboard import leaderboard
from praktikum.site.student.pseudonyms import pseudonyms

from .conftest import NOW, TASK

MASKED = Path(__file__).parents[1] / "masked_course" / "course.toml"
T = "t1_masked"
Browser = Callable[..., Client]


@pytest.fixture
def masked(db: None) -> Iterator[LoadedCourse]:
    """The site as one of the course with masks."""
    with override_settings(PLACE=replace(settings.PLACE, course=MASKED)):
        yield course_now()


@pytest.fixture
def notebook(masked: LoadedCourse) -> bytes:
    return nbformat.writes(build_notebook(masked.packs[T].unit, "en", solved=True)).encode()


def masks(loaded: LoadedCourse, folder: Path, right: int) -> bytes:
    """An archive of masks, of which the first ``right`` are the truth and the others empty."""
    given = given_images(loaded.packs[T])
    made = {
        one.name: one.truth if place < right else np.zeros_like(one.truth)
        for place, one in enumerate(given)
    }
    write_masks(made, folder / "masks.zip")
    return (folder / "masks.zip").read_bytes()


def graded(user: User, loaded: LoadedCourse, content: bytes, iou: str) -> Attempt:
    """An attempt whose masks somebody has measured."""
    attempt = take_in(loaded, user, T, "a.py", content, NOW, b"archive")
    found = GradedAttempt(
        user.username, T, NOW, "0", "a.py", (), measured=Measured(Decimal(iou), 6, 6)
    )
    job = claim(attempt.jobs.get().pk, "test", NOW)
    assert job is not None
    finish(job, "", attempt_to_json(found), NOW)
    return attempt


def test_the_images_of_the_archive_are_those_that_are_measured(
    masked: LoadedCourse, student: User, browser: Browser
) -> None:
    answer = browser(student).get(f"/course/tasks/{T}/pack/ru/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
    assert f"{T}/task1.ipynb" in names
    given = {one.name for one in given_images(masked.packs[T])}
    assert {Path(name).name for name in names if "/given/" in name} == given
    measuring = f"{T}/library/praktikum/grader/predictions.py"  # what draws is not there
    assert [name for name in names if name.endswith("/predictions.py")] == [measuring]


def test_masks_from_the_form_are_measured_by_the_worker(
    masked: LoadedCourse, student: User, browser: Browser, notebook: bytes, tmp_path: Path
) -> None:
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    files = {
        "file": SimpleUploadedFile("task1.ipynb", notebook),
        "archive": SimpleUploadedFile("m.zip", masks(masked, tmp_path, right=3)),
    }
    assert browser(student).post(f"/course/tasks/{T}/", files).status_code == 302
    [attempt] = student.attempts.all()
    with Desk() as desk:
        found, pack = desk.grade(attempt)
    assert found.measured == Measured(Decimal("0.500"), 6, 6)
    assert all(verdict.passed for verdict in found.verdicts)
    assert found.source == "task1.ipynb, masks.zip"
    assert found.digest != attempt.file_id  # seeds depend on the masks too
    job = claim(attempt.jobs.get().pk, "test", NOW)
    assert job is not None
    finish(job, pack.digest, attempt_to_json(found), NOW)
    page = browser(student).get(f"/course/attempts/{attempt.public}/").text
    assert "IoU of the masks: 0.5, the mean over 6 images" in page
    content = browser(student).get(f"/course/attempts/{attempt.public}/archive/").content
    assert content == files["archive"].file.getvalue()


@pytest.mark.parametrize(
    ("task", "size", "why"),
    [
        (T, MAX_ARCHIVE + 1, "masks.zip: 5 MB, the limit is 4 MB"),
        (TASK, 1, "asks for no archive of predictions"),
    ],
)
def test_an_archive_that_is_too_large_or_not_asked_for_is_refused(
    masked: LoadedCourse, loaded: LoadedCourse, student: User, task: str, size: int, why: str
) -> None:
    course = masked if task == T else course_now(MASKED.parents[1] / "toy_course/course.toml")
    with pytest.raises(IntakeError, match=why):
        take_in(course, student, task, "a.py", b"x", NOW, b"x" * size)
    assert not Attempt.objects.exists()


def test_the_leaderboard_names_nobody_to_students(
    masked: LoadedCourse, student: User, other: User, assistant: User, browser: Browser
) -> None:
    for content, iou in ((b"1", "0.25"), (b"2", "0.75"), (b"3", "0.3")):
        graded(student, masked, content, iou)
    graded(other, masked, b"4", "0.5")
    page = browser(other).get(f"/course/tasks/{T}/leaderboard/").text
    assert not [name for name in ("petrova", "Петрова", "ivanov", "Иван") if name in page.lower()]
    assert page.index("0.75") < page.index("0.5")
    assert "0.25" not in page
    assert "0.3" not in page
    assert page.count(">you<") == 1
    staff = browser(assistant).get(f"/course/tasks/{T}/leaderboard/").text
    assert "Анна Петрова" in staff
    assert "Иван Иванов" in staff


def test_the_leaderboard_is_held_back_with_the_scores(
    masked: LoadedCourse, student: User, instructor: User, browser: Browser
) -> None:
    path = f"/course/tasks/{T}/leaderboard/"
    assert browser(student).get(path).status_code == 200
    Publication.objects.create(task=T, shown=False, by=instructor, at=NOW)
    assert browser(student).get(path).status_code == 404
    assert browser(instructor).get(path).status_code == 200


def test_equal_masks_share_a_place_and_strangers_have_none() -> None:
    def attempt(student: str, iou: str | None) -> GradedAttempt:
        measured = Measured(Decimal(iou), 1, 1) if iou else None
        return GradedAttempt(student, T, NOW, "0", "a", (), measured=measured)

    names = {name: Text(name, name) for name in "abcd"}
    attempts = [attempt("a", "0.5"), attempt("b", "0.9"), attempt("c", "0.5"), attempt("d", None)]
    places = leaderboard([*attempts, attempt("gone", "1")], names, names)
    assert [(place.number, place.student) for place in places] == [(1, "b"), (2, "a"), (2, "c")]


def test_pseudonyms_are_different_lasting_and_secret() -> None:
    students = [f"student{number}" for number in range(3000)]
    names = pseudonyms(b"secret", "t1", students)
    for language in ("ru", "en"):
        assert len({name[language] for name in names.values()}) == len(students)
    assert pseudonyms(b"secret", "t1", reversed(students)) == names
    for other in (pseudonyms(b"other", "t1", students), pseudonyms(b"secret", "t2", students)):
        same = sum(other[student] == names[student] for student in students)
        assert same < 30  # by chance about 4
