"""From a unit's one source to its notebooks: Russian or English, with holes or solved.

The source is jupytext's percent format. What a cell is for stands in its header::

    # %% [markdown] lang="ru"                 a text, followed by its twin in English
    # %% include="scratch.layers:Dense"       the library's source of these objects
    # %% check="network"                      runs the checks of a part
    # %% [markdown] lang="ru" answer="theory" here the student writes, a person marks
    # %% [markdown] lang="ru" solution="…"    the model answer, in solved notebooks only
    # %%                                      code that every notebook holds

Cells carry nbgrader's metadata (schema 3), so the notebooks also live in its courses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from praktikum.checks import Language
from praktikum.course.holes import Address, cut, extract
from praktikum.course.library import holes_by_module, module_path
from praktikum.course.unit import Unit

__all__ = [
    "SourceError",
    "build_notebook",
    "code_cells",
    "has_holes",
    "is_check",
    "notebook_name",
]

_KINDS = {"t": "task", "s": "seminar"}
_KNOWN = {"lang", "include", "check", "answer", "solution", "tags"}
_LAYOUT = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}  # jupytext's own


class SourceError(ValueError):
    """A unit's source cannot be made a notebook: an author's mistake."""


@dataclass(frozen=True, slots=True)
class _Cell:
    kind: str  # "code" or "markdown"
    text: str
    metadata: dict[str, Any]
    line: int  # its place among the cells, for messages

    def get(self, key: str) -> str | None:
        value = self.metadata.get(key)
        return None if value is None else str(value)


def notebook_name(unit: Unit) -> str:
    """Return the file name of a unit's notebook: ``task1.ipynb``, ``seminar03.ipynb``."""
    number = unit.id.partition("_")[0]
    return f"{_KINDS.get(number[0], number[0])}{number[1:]}.ipynb"


def build_notebook(unit: Unit, language: Language, *, solved: bool) -> NotebookNode:
    """Return the notebook of a unit in one language.

    Raises:
        SourceError: a cell names a part that the unit lacks, a text lacks its twin, or the like.
        HoleError: an included object or a hole is not where its address says.
    """
    notebook = new_notebook()
    for number, cell in enumerate(_cells(unit)):
        for built in _build(unit, cell, language, solved):
            built["id"] = f"{unit.id}-{number:03}"[-64:]
            notebook.cells.append(built)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py"},
        "praktikum": {"unit": unit.id, "language": language, "solved": solved},
    }
    nbformat.validate(notebook)
    return notebook


def code_cells(unit: Unit, *, solved: bool = False) -> tuple[str, ...]:
    """Return the code cells of a unit's notebook: as a student is given them, or solved."""
    notebook = build_notebook(unit, "en", solved=solved)
    return tuple(cell.source for cell in notebook.cells if cell.cell_type == "code")


def is_check(cell: NotebookNode) -> bool:
    """Return whether a cell of a built notebook runs the checks of a part."""
    return "check" in cell.metadata.get("praktikum", {})


def has_holes(cell: NotebookNode) -> bool:
    """Return whether a code cell of a built notebook is there for a student to write."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _cells(unit: Unit) -> list[_Cell]:
    source = unit.source.read_text("utf-8")
    cells = [
        _Cell(cell.cell_type, cell.source, dict(cell.metadata), number)
        for number, cell in enumerate(jupytext.reads(source, fmt="py:percent").cells, start=1)
    ]
    _validate(unit, cells)
    return cells


def _validate(unit: Unit, cells: list[_Cell]) -> None:
    parts = {part.id for part in unit.parts}
    waiting: _Cell | None = None  # a Russian text whose English twin must come next
    for cell in cells:
        place = f"{unit.source.name}, cell {cell.line}"
        if unknown := set(cell.metadata) - _KNOWN - _LAYOUT:
            raise SourceError(f"{place}: unknown header {sorted(unknown)[0]!r}")
        for key in ("check", "answer", "solution"):
            if (part := cell.get(key)) is not None and part not in parts:
                raise SourceError(f"{place}: {key}={part!r} is not a part of {unit.id}")
        if waiting is not None:
            if cell.get("lang") != "en" or cell.get("answer") != waiting.get("answer"):
                raise SourceError(f"{place}: the English twin of cell {waiting.line} must be here")
            waiting = None
        elif cell.get("lang") == "ru":
            waiting = cell
        elif cell.kind == "markdown":
            raise SourceError(f"{place}: a text wants lang='ru' and then its twin with lang='en'")
    if waiting is not None:
        raise SourceError(f"{unit.source.name}: cell {waiting.line} has no English twin")
    included = [address for cell in cells for address in (cell.get("include") or "").split()]
    for hole in unit.write:
        if not any(_is_within(hole, address) for address in included):
            raise SourceError(f"{unit.source.name}: no cell includes the hole {hole}")


def _build(unit: Unit, cell: _Cell, language: Language, solved: bool) -> Iterator[NotebookNode]:
    if cell.get("lang") not in (None, language):
        return
    if cell.get("solution") is not None and not solved:
        return
    if (addresses := cell.get("include")) is not None:
        text, is_to_write = _included(unit, addresses.split(), solved)
        yield new_code_cell(text, metadata=_nbgrader(unit, cell, solution=is_to_write))
    elif (part := cell.get("check")) is not None:
        points = float(unit.part(part).by_checks)
        metadata = _nbgrader(unit, cell, grade=bool(points), points=points)
        metadata["praktikum"] = {"check": part}
        yield new_code_cell(_check_call(unit, part, language), metadata=metadata)
    elif (part := cell.get("answer")) is not None:
        points = float(unit.part(part).by_hand)
        metadata = _nbgrader(unit, cell, solution=True, grade=True, points=points)
        metadata["praktikum"] = {"answer": part}
        yield new_markdown_cell(cell.text, metadata=metadata)
    elif cell.kind == "markdown":
        yield new_markdown_cell(cell.text, metadata=_nbgrader(unit, cell))
    else:
        yield new_code_cell(cell.text, metadata={"tags": cell.metadata.get("tags", [])})


def _included(unit: Unit, addresses: list[str], solved: bool) -> tuple[str, bool]:
    holes = holes_by_module(unit)
    texts: list[str] = []
    is_to_write = False
    for address in map(Address.parse, addresses):
        source = module_path(address.module, unit).read_text("utf-8")
        mine = [
            hole for hole in holes.get(address.module, []) if _is_within(hole, address.qualname)
        ]
        is_to_write |= bool(mine)
        texts.append(extract(source if solved else cut(source, mine), address.qualname).rstrip())
    return "\n\n\n".join(texts), is_to_write


def _is_within(inner: str, outer: str) -> bool:
    return f"{inner}.".startswith(f"{outer}.")


def _check_call(unit: Unit, part: str, language: Language) -> str:
    return (
        "from praktikum.grader.selfcheck import check_part\n\n"
        f'check_part("{unit.id}", "{part}", globals(), language="{language}")'
    )


def _nbgrader(
    unit: Unit, cell: _Cell, *, solution: bool = False, grade: bool = False, points: float = 0.0
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "grade_id": f"{unit.id}-{cell.line:03}",
        "schema_version": 3,
        "solution": solution,
        "grade": grade,
        "task": False,
        "locked": not solution,
    }
    return {"nbgrader": fields | ({"points": points} if grade else {})}
