"""The class that the demo grades: who is in it, and what they do wrong."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from praktikum.course.content import Content, find_course, open_content
from praktikum.course.given import draw_given
from praktikum.course.made_up_class import make_up_class
from praktikum.course.mutants import mutants_of
from praktikum.grader.archive import with_archive
from praktikum.grader.predictions import measure
from praktikum.grader.submission import Submission

BARE = Submission(Path("task2.ipynb"), "0" * 64, (), None)


@pytest.fixture(scope="module")
def content() -> Content:
    return open_content(find_course(Path(__file__).parents[2] / "content"))


@pytest.fixture(scope="module")
def folder(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    make_up_class(content.unit("t1"), content.course, folder)
    return folder


def code_of(folder: Path) -> str:
    works = [path for path in folder.glob("*.ipynb") if not path.name.startswith("Носова")]
    notebooks = [nbformat.read(path, as_version=4) for path in works]
    return "\n".join(cell.source for notebook in notebooks for cell in notebook.cells)


def test_it_has_twelve_students_and_times_for_all(folder: Path) -> None:
    students = {path.stem for path in folder.glob("*.ipynb")}
    with (folder / "received.csv").open(encoding="utf-8", newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} == students
    assert len(students) == 12


def test_every_known_mistake_is_in_somebodys_work(content: Content, folder: Path) -> None:
    code = code_of(folder)
    for mutant in mutants_of(content.unit("t1")):
        body = mutant.source.splitlines()
        assert body[-1].strip() in code, mutant.name


def test_the_same_class_is_made_up_each_time(
    content: Content, folder: Path, tmp_path: Path
) -> None:
    make_up_class(content.unit("t1"), content.course, tmp_path)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.fixture(scope="module")
def with_masks(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of the task that wants masks, of a few images."""
    unit, folder = replace(content.unit("t2"), given=3), tmp_path_factory.mktemp("class")
    make_up_class(unit, content.course, folder, draw_given(unit, 1))
    return folder


def test_where_masks_are_wanted_work_is_a_folder_with_an_archive(with_masks: Path) -> None:
    folders = [path for path in with_masks.iterdir() if path.is_dir()]
    assert len(folders) == 11
    lacking = {path.name for path in folders if not (path / "masks.zip").is_file()}
    assert lacking == {"Котова Кира"}
    assert (with_masks / "Морозов Макар" / "masks.zip").is_symlink()


def test_made_up_masks_are_of_several_qualities(content: Content, with_masks: Path) -> None:
    given = draw_given(replace(content.unit("t2"), given=3), 1)
    reached = {
        folder.name: measure(with_archive(BARE, folder / "masks.zip"), given)[0].value
        for folder in with_masks.iterdir()
        if folder.is_dir()
    }
    assert reached["Абрамова Анна"] == 1
    assert reached["Котова Кира"] == reached["Морозов Макар"] == 0
    assert len(set(reached.values())) == 5
