"""Masks from the command line: given out, looked at, handed in, measured by who has the secret."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from praktikum.cli.main import app
from praktikum.course.content import Content
from praktikum.course.given import draw_given
from praktikum.course.given_images import write_masks
from praktikum.grader.seeds import given_seed, read_secret


def run(masked: Content, verb: str, *arguments: object) -> Result:
    course = [] if verb == "check" else ["--course", masked.path]
    words = [verb, *arguments, *course, "--lang", "en"]
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


@pytest.fixture
def student(masked: Content, tmp_path: Path) -> Path:
    """A student's folder: what the build gives out, with the notebook solved."""
    built, secret = tmp_path / "built", tmp_path / "secret"
    assert run(masked, "build", "--out", built, "--secret", secret).exit_code == 0
    shutil.copy(built / "instructor" / "task1.ipynb", built / "student")
    return built / "student"


def predict(masked: Content, student: Path) -> None:
    """Write the true masks, which only a test can."""
    unit = masked.unit("t1")
    seed = given_seed(read_secret(student.parents[1] / "secret"), unit.task)
    write_masks({one.name: one.truth for one in draw_given(unit, seed)}, student / "masks.zip")


def grade(masked: Content, student: Path, *options: object) -> Result:
    submissions = student.parents[1] / "class"
    (submissions / "Anna").mkdir(parents=True, exist_ok=True)
    for name in ("task1.ipynb", "masks.zip"):
        shutil.copy(student / name, submissions / "Anna")
    out = student.parents[1] / "out"
    return run(masked, "grade", submissions, "--out", out, "--trust-submissions", *options)


def test_a_student_is_told_that_masks_are_missing_and_that_they_are_there(
    masked: Content, student: Path
) -> None:
    before = run(masked, "check", student / "task1.ipynb")
    assert before.exit_code == 3
    assert "There is no masks.zip beside the notebook" in before.output
    predict(masked, student)
    after = run(masked, "check", student / "task1.ipynb")
    assert after.exit_code == 0
    assert "Masks: 6 of 6 can be used" in after.output


def test_who_grades_with_the_secret_of_the_build_measures_the_masks(
    masked: Content, student: Path
) -> None:
    predict(masked, student)
    result = grade(masked, student, "--secret", student.parents[1] / "secret")
    assert result.exit_code == 0
    assert "1  6 / 6       6  Anna" in result.output


def test_another_secret_is_told_from_bad_masks(masked: Content, student: Path) -> None:
    predict(masked, student)
    other = student.parents[1] / "other"
    other.write_bytes(bytes(32))
    result = grade(masked, student, "--secret", other)
    assert "Anna: masks.zip: masks of other images" in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no secret here; `praktikum build` makes it"), (b"x", "1 bytes, a secret")],
)
def test_grading_makes_up_no_secret(
    masked: Content, student: Path, content: bytes | None, said: str
) -> None:
    predict(masked, student)
    other = student.parents[1] / "other"
    if content:
        other.write_bytes(content)
    result = grade(masked, student, "--secret", other)
    assert result.exit_code == 1
    assert said in result.stderr
    assert other.exists() == bool(content)


def test_both_languages_give_out_the_same_images(masked: Content, student: Path) -> None:
    secret, again = student.parents[1] / "secret", student.parents[1] / "again"
    run(masked, "start", "t1", again, "--secret", secret)
    given = {path.name: path.read_bytes() for path in student.glob("task1.checks/given/*")}
    assert len(given) == 6
    assert given == {path.name: path.read_bytes() for path in again.glob("task1.checks/given/*")}
    assert secret.stat().st_mode & 0o777 == 0o600


def test_the_secret_lies_beside_the_course_file_if_not_named(
    masked: Content, tmp_path: Path
) -> None:
    course = tmp_path / "course"
    shutil.copytree(masked.path.parent, course)
    words = ["build", "--out", tmp_path / "built", "--course", course / "course.toml"]
    assert CliRunner().invoke(app, [str(word) for word in words]).exit_code == 0
    assert len((course / "secret").read_bytes()) == 32
    assert not list((tmp_path / "built").rglob("secret"))


def test_a_course_without_masks_has_no_secret(toy: Content, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    words = ["build", "--out", tmp_path, "--course", toy.path, "--secret", secret]
    assert CliRunner().invoke(app, [str(word) for word in words]).exit_code == 0
    assert not secret.exists()
