"""Every unit of the course: its solved notebook runs, beside the library as students have it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from praktikum.course.content import Content, find_course
from praktikum.course.library import write_edition
from praktikum.course.notebook import build_notebook
from praktikum.course.unit import Unit

CONTENT = Content(find_course(Path(__file__)))
UNITS = list(CONTENT.units.values())
SEMINARS = [unit for unit in UNITS if unit.deadline is None]

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)


@pytest.fixture(scope="session")
def edition() -> Iterator[Path]:
    """The library as students have it: a unit must run without the answers of the others."""
    with tempfile.TemporaryDirectory() as folder:
        write_edition(UNITS, Path(folder))
        yield Path(folder)


@each_unit
def test_the_solved_notebook_runs_beside_the_students_edition(
    unit: Unit, edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(edition))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONWARNINGS", "ignore::DeprecationWarning:zmq")
    notebook = build_notebook(unit, "en", solved=True)
    resources = {"metadata": {"path": str(CONTENT.path.parent)}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()
    assert os.environ["PYTHONPATH"] == str(edition)
    assert _stderr(notebook) == ""


@pytest.mark.parametrize("unit", SEMINARS, ids=lambda unit: unit.id)
def test_a_seminar_asks_five_to_ten_questions_and_folds_the_answers(unit: Unit) -> None:
    for language in ("ru", "en"):
        notebook = build_notebook(unit, language, solved=False)
        text = "\n".join(cell.source for cell in notebook.cells)
        assert text.count("<details>") >= 5


def _stderr(notebook: nbformat.NotebookNode) -> str:
    return "".join(
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    )
