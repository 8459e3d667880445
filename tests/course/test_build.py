"""What is built: a folder to give out, and one to keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from praktikum.course.build import build
from praktikum.course.content import Content, find_course
from praktikum.course.tables import CourseError


@pytest.fixture
def built(toy: Content, tmp_path: Path) -> Path:
    build([toy.unit("t1")], toy.units.values(), "ru", tmp_path)
    return tmp_path


def test_the_folder_for_students_holds_no_answer(built: Path) -> None:
    given = "".join(
        path.read_text("utf-8")
        for path in (built / "student").rglob("*")
        if path.is_file() and "library" not in path.parts
    )
    assert "* self.factor" not in given
    assert "минимизирует" not in given
    assert "* self.factor" in (built / "instructor" / "task1.ipynb").read_text("utf-8")


def test_the_folder_for_students_has_notebook_checks_and_library(built: Path) -> None:
    names = {path.name for path in (built / "student").iterdir()}
    assert names == {"task1.ipynb", "task1.checks", "library"}


def test_building_again_leaves_other_files_alone(toy: Content, built: Path) -> None:
    (built / "student" / "notes.txt").write_text("mine")
    (built / "student" / "library" / "old.py").write_text("stale")
    build([toy.unit("t1")], toy.units.values(), "en", built)
    assert (built / "student" / "notes.txt").read_text() == "mine"
    assert not (built / "student" / "library" / "old.py").exists()


def test_a_unit_is_found_by_its_beginning_and_an_unknown_one_is_told(toy: Content) -> None:
    assert toy.unit("t1").id == "t1_toy"
    with pytest.raises(CourseError, match="no single unit is called 't9'; there are: t1_toy"):
        toy.unit("t9")


def test_the_course_is_found_from_a_folder_below_it(toy: Content) -> None:
    assert find_course(toy.unit("t1").folder) == toy.path.resolve()


def test_outside_of_any_course_the_checkouts_own_is_found(tmp_path: Path) -> None:
    assert find_course(tmp_path).parts[-2:] == ("content", "course.toml")
