"""Cells are run once, and again only if something that they depend on has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from praktikum.course.book import execution
from praktikum.course.book.execution import ExecutionError, Outputs, outputs_of, run_cells
from praktikum.course.unit import Unit


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("executed")


def printed(outputs: Outputs) -> str:
    left = [output for of_cell in outputs.values() for output in of_cell]
    return "".join(output.text for output in left if output.output_type == "stream")


def test_the_solved_cells_run_and_what_they_leave_is_kept(seminar: Unit, cache: Path) -> None:
    outputs = outputs_of(seminar, cache)
    assert printed(outputs) == "the mean is 2.0\n"
    kinds = {
        kind for left in outputs.values() for output in left for kind in output.get("data", {})
    }
    assert "image/png" in kinds


def test_a_second_time_nothing_is_run(
    seminar: Unit, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = outputs_of(seminar, cache)
    monkeypatch.setattr(execution, "run_cells", lambda *_: pytest.fail("was run again"))
    assert outputs_of(seminar, cache) == first


def test_what_a_changed_exercise_left_is_forgotten(
    seminar: Unit, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs_of(seminar, cache)
    exercises = seminar.folder / "exercises.py"
    before = exercises.read_text("utf-8")
    exercises.write_text(before.replace("/ len(values)", "/ len(values) + 0.0"), "utf-8")
    asked = []
    monkeypatch.setattr(execution, "run_cells", lambda _notebook, name: asked.append(name))
    outputs_of(seminar, cache)
    exercises.write_text(before, "utf-8")
    assert asked == ["s01_numbers"]
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    ("changed", "is_run"),
    [
        ("scratch/errors.py", True),  # the seminar imports this room
        ("data/digits.py", True),  # and that room this one
        ("cli/main.py", False),
    ],
)
def test_a_seminar_is_run_again_for_the_rooms_that_it_uses_only(
    seminar: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, is_run: bool
) -> None:
    library = tmp_path / "library"
    for name in ("scratch/errors.py", "scratch/digits.py", "data/digits.py", "cli/main.py"):
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).write_text("")
    (library / "scratch" / "digits.py").write_text("from praktikum.data import digits\n")
    asked: list[str] = []
    monkeypatch.setattr(execution, "PACKAGE", library)
    monkeypatch.setattr(execution, "run_cells", lambda _notebook, name: asked.append(name))
    outputs_of(seminar, tmp_path / "cache")
    (library / changed).write_text("# changed\n")
    outputs_of(seminar, tmp_path / "cache")
    assert len(asked) == 1 + is_run


def test_a_cell_that_raises_is_told_in_one_line() -> None:
    notebook = new_notebook(cells=[new_code_cell("1 / 0")])
    with pytest.raises(ExecutionError, match=r"^s09: a cell raised ZeroDivisionError: division by"):
        run_cells(notebook, "s09")
