"""Notebooks: the two languages, the holes, nbgrader's metadata."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from praktikum.course.notebook import SourceError, build_notebook, code_cells, notebook_name
from praktikum.course.unit import Unit, read_unit


def texts(notebook: nbformat.NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells)


def test_each_language_has_its_own_texts_and_the_same_code(toy_unit: Unit) -> None:
    russian = build_notebook(toy_unit, "ru", solved=False)
    english = build_notebook(toy_unit, "en", solved=False)
    assert "# Числа" in texts(russian)
    assert "# Numbers" not in texts(russian)
    assert "# Numbers" in texts(english)
    assert len(russian.cells) == len(english.cells)


def test_the_students_notebook_holds_no_answer(toy_unit: Unit) -> None:
    blank = texts(build_notebook(toy_unit, "ru", solved=False))
    for answer in ("total /", "sum over a count", "* self.factor", "минимизирует"):
        assert answer not in blank
    assert 'raise NotImplementedError("Scaler.apply")' in blank
    assert "self.factor = factor" in blank  # given, not a hole


def test_the_solved_notebook_runs_from_top_to_bottom(
    toy_unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toy_unit.folder.parents[1])
    notebook = build_notebook(toy_unit, "en", solved=True)
    NotebookClient(notebook, timeout=60).execute()
    outputs = str([cell.get("outputs") for cell in notebook.cells])
    assert "trained to 2.0" in outputs
    assert "6 / 6" in outputs


@pytest.mark.parametrize("solved", [False, True])
def test_a_notebook_is_valid_and_its_cells_have_ids_of_their_own(
    toy_unit: Unit, solved: bool
) -> None:
    notebook = build_notebook(toy_unit, "ru", solved=solved)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_nbgrader_knows_what_is_written_and_what_is_marked(toy_unit: Unit) -> None:
    cells = build_notebook(toy_unit, "ru", solved=False).cells
    marked = [cell.metadata["nbgrader"] for cell in cells if "nbgrader" in cell.metadata]
    assert all(each["schema_version"] == 3 for each in marked)
    assert [each["points"] for each in marked if each["grade"]] == [6.0, 4.0]
    assert sum(each["solution"] and not each["grade"] for each in marked) == 2
    assert all(each["locked"] is not each["solution"] for each in marked)


def test_a_unit_is_read_into_the_given_code(toy_unit: Unit) -> None:
    assert any("FACTOR = 3.0" in source for source in code_cells(toy_unit))


def test_files_are_called_by_kind_and_number(toy_unit: Unit) -> None:
    assert notebook_name(toy_unit) == "task1.ipynb"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('lang="en"\n# # Numbers', 'lang="ru"\n# # Numbers', "the English twin of cell 1 must be"),
        ('check="numbers"', 'check="letters"', "check='letters' is not a part of t1_toy"),
        ('include="exercises:mean"', 'includes="x"', "unknown header 'includes'"),
        (' include="exercises:mean"', "", "no cell includes the hole exercises:mean"),
        ('# %% [markdown] lang="ru"\n# # Ч', "# %% [markdown]\n# # Ч", "a text wants lang='ru'"),
    ],
)
def test_an_authors_mistake_is_told_with_its_cell(
    toy_unit: Unit, tmp_path: Path, old: str, new: str, message: str
) -> None:
    folder = tmp_path / "t1_toy"
    shutil.copytree(toy_unit.folder, folder)
    source = (folder / "task.py").read_text("utf-8")
    assert old in source
    (folder / "task.py").write_text(source.replace(old, new, 1), "utf-8")
    with pytest.raises(SourceError, match=message):
        build_notebook(read_unit(folder), "ru", solved=False)
