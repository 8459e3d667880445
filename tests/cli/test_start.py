"""`praktikum start`: a notebook to begin with, and no harm to one that was begun."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner, Result

from praktikum.cli.main import app
from praktikum.course.content import Content
from praktikum.course.pack import Pack, write_pack
from praktikum.course.start import StartError
from praktikum.course.start import start as start_unit
from praktikum.course.unit import Unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def start(toy: Content, folder: Path, *options: str) -> Result:
    course = ["--course", str(toy.path)]
    return CliRunner().invoke(app, ["start", "t1", str(folder), *course, *options])


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(("lang", "title"), [("ru", "# Числа"), ("en", "# Numbers")])
def test_the_notebook_comes_in_the_language_asked_for(
    toy: Content, folder: Path, lang: str, title: str
) -> None:
    assert start(toy, folder, "--lang", lang).exit_code == 0
    notebook = nbformat.read(folder / "task1.ipynb", as_version=4)
    assert notebook.cells[0].source == title
    assert {path.name for path in folder.iterdir()} == {"task1.ipynb", "task1.checks"}


def test_it_holds_no_answer(toy: Content, folder: Path) -> None:
    start(toy, folder)
    assert "* self.factor" not in b"".join(files(folder).values()).decode()


def test_it_says_how_to_go_on_and_the_check_it_names_runs(toy: Content, folder: Path) -> None:
    notebook = str(folder / "task1.ipynb")
    printed = start(toy, folder, "--lang", "en").output
    assert f"jupyter lab {notebook}" in printed
    assert f"praktikum check {notebook} --lang en" in printed
    checked = CliRunner().invoke(app, ["check", notebook, "--lang", "en"])
    assert checked.exit_code == 3  # nothing is written yet
    assert "nothing is written here yet" in " ".join(checked.output.split()).lower()


def test_work_that_is_there_stays_and_the_reader_is_told(toy: Content, folder: Path) -> None:
    start(toy, folder)
    (folder / "task1.ipynb").write_text("my work", "utf-8")
    before = files(folder)
    result = start(toy, folder)
    assert result.exit_code == 1
    assert result.stderr == (
        f"praktikum: {folder / 'task1.ipynb'} is there already and differs, so it was left as it "
        "is: go on with it, rename it, or name another folder\n"
    )
    assert files(folder) == before


def test_starting_twice_is_no_mistake(toy: Content, folder: Path) -> None:
    start(toy, folder)
    before = files(folder)
    assert start(toy, folder).exit_code == 0
    assert files(folder) == before


def test_checks_of_an_earlier_day_are_brought_up_to_date(toy: Content, folder: Path) -> None:
    start(toy, folder)
    before = files(folder)
    (folder / "task1.checks" / "observing.py").write_text("old = True\n")
    (folder / "notes.txt").write_bytes(b"mine")
    start(toy, folder)
    assert files(folder) == before | {"notes.txt": b"mine"}


def test_a_folder_that_only_has_the_name_of_the_checks_stays(toy: Content, folder: Path) -> None:
    (folder / "task1.checks").mkdir(parents=True)
    (folder / "task1.checks" / "diary.txt").write_text("mine")
    result = start(toy, folder)
    assert result.exit_code == 1
    assert "task1.checks is there already and holds no checks" in result.stderr
    assert files(folder) == {"task1.checks/diary.txt": b"mine"}


def test_a_notebook_that_comes_in_between_is_not_replaced(
    toy: Content, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def and_meanwhile(pack: Pack, checks: Path) -> None:
        write_pack(pack, checks)
        (folder / "task1.ipynb").write_text("saved by an editor", "utf-8")

    monkeypatch.setattr("praktikum.course.start.write_pack", and_meanwhile)
    assert start(toy, folder).exit_code == 1
    assert (folder / "task1.ipynb").read_text("utf-8") == "saved by an editor"


def test_nothing_is_left_where_the_checks_cannot_be_made(
    toy: Content, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("praktikum.course.start.write_pack", full)
    assert start(toy, folder).exit_code == 1
    assert list(folder.iterdir()) == []


def test_an_unknown_unit_is_told_in_one_line(toy: Content, folder: Path) -> None:
    result = CliRunner().invoke(app, ["start", "s9", str(folder), "--course", str(toy.path)])
    assert result.exit_code == 1
    assert "no single unit is called 's9'; there are: t1_toy" in result.stderr
    assert not folder.exists()


def test_a_unit_that_needs_more_than_is_installed_says_what(toy_unit: Unit, folder: Path) -> None:
    needy = replace(toy_unit, requires=("no_such_module",))
    with pytest.raises(StartError, match=r"^t1_toy needs no_such_module, which is not here: pip"):
        start_unit(needy, "ru", folder)
    assert not folder.exists()
