"""The class that the demo grades: who is in it, and what they do wrong."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pytest

from praktikum.course.content import Content, find_course, open_content
from praktikum.course.made_up_class import make_up_class
from praktikum.course.mutants import mutants_of


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
