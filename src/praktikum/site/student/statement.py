"""What a task asks, as its notebook says it: text, and the code that is given or to be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString

from praktikum.checks import Language
from praktikum.course.notebook import build_notebook, has_holes, is_check
from praktikum.course.unit import Unit
from praktikum.site.prose import code_html, prose_html

__all__ = ["Piece", "statement"]

_BELOW = 1  # levels by which headings stand below the page's own


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of the notebook.

    Attributes:
        html: its text, or its code in colours.
        is_code: which of the two.
        has_hole: whether something is to be written here.
    """

    html: SafeString
    is_code: bool = False
    has_hole: bool = False


def statement(unit: Unit, language: Language) -> tuple[Piece, ...]:
    """Return the notebook of a unit with its holes; its title and calls of checks are left out."""
    return _pieces(unit, unit.source.stat().st_mtime_ns, language)


@lru_cache(maxsize=16)
def _pieces(unit: Unit, _changed: int, language: Language) -> tuple[Piece, ...]:
    return tuple(_of_cells(unit, language))


def _of_cells(unit: Unit, language: Language) -> Iterator[Piece]:
    first = True
    for cell in build_notebook(unit, language, solved=False).cells:
        if is_check(cell):
            continue
        if cell.cell_type == "code":
            yield Piece(code_html(cell.source), is_code=True, has_hole=has_holes(cell))
            continue
        text = cell.source
        if first and text.startswith("# "):
            text = text.partition("\n")[2]  # the page has it already
        first = False
        yield Piece(prose_html(text, below=_BELOW))
