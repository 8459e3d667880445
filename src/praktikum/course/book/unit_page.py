"""A unit as a page: its notebook with holes, and beside it what the whole one prints and draws."""

from __future__ import annotations

from nbformat import NotebookNode

from praktikum.checks import Language
from praktikum.course.book.execution import Outputs
from praktikum.course.notebook import build_notebook, is_check
from praktikum.course.unit import Unit

__all__ = ["page_name", "unit_page"]


def page_name(unit: Unit) -> str:
    """Return where the page of a unit stands in the site: ``seminars/s03_pytorch``."""
    return f"{'tasks' if unit.deadline else 'seminars'}/{unit.id}"


def unit_page(unit: Unit, language: Language, note: str, outputs: Outputs) -> NotebookNode:
    """Return the notebook of a unit as a reader sees it: holes are cut, nothing checks them.

    Args:
        note: Markdown that is put under the title, which the first line is.
        outputs: what the cells of the solved notebook left. A cell that differs from the solved
            one shows none of it, so a page gives no more away than the notebook with holes.
    """
    page = build_notebook(unit, language, solved=False)
    solved = build_notebook(unit, language, solved=True)
    sources = {cell.id: cell.source for cell in solved.cells}
    for cell in page.cells:
        if cell.cell_type != "code" or is_check(cell) or cell.source != sources[cell.id]:
            continue
        cell.outputs = outputs.get(cell.id, [])
    first = page.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{note}\n{rest}"
    return page
