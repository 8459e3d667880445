"""A Sphinx extension: the library's docstrings, written for the eye, become reStructuredText.

What they have beyond Google's sections, which napoleon reads: fences of three backticks, tables
and indented code of Markdown, lists of ``name:  what it is`` with the names in a column, and |x|
for a modulus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

__all__ = ["as_restructuredtext", "setup"]

_FIELD = re.compile(r"(\w+(?:, \w+)*):\s+(\S.*)")
_ROW = re.compile(r"\|[ -]")
_CODE = re.compile(r"(``.+?``|`[^`]+`)")
_SECTION = re.compile(r"[A-Z]\w+:")
_BEFORE_NAPOLEON = 400


def setup(app: Sphinx) -> ExtensionMetadata:
    """Let every docstring pass through `as_restructuredtext` before anything else reads it."""

    def translate(
        _app: Sphinx, _what: str, _name: str, _of: object, _options: object, lines: list[str]
    ) -> None:
        lines[:] = as_restructuredtext(lines)

    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", translate, priority=_BEFORE_NAPOLEON)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def as_restructuredtext(lines: Sequence[str]) -> list[str]:
    """Return the lines of a docstring as reStructuredText that says the same."""
    rest = list(lines)
    in_section = False  # of Google's: what is indented there is no code
    translated: list[str] = []
    while rest:
        if rest[0].strip().startswith("```"):
            translated += _fence(rest)
        elif _ROW.match(rest[0]):
            translated += _table(_take(rest, lambda line: bool(_ROW.match(line))))
        elif rest[0].lstrip().startswith(">>>"):
            translated += _take(rest, _has_text)
        elif _has_text(rest[0]):
            paragraph = _take(rest, _is_prose)
            if not paragraph[0].startswith(" "):
                in_section = _SECTION.fullmatch(paragraph[0]) is not None
            elif not in_section:
                translated += ["::", "", *paragraph]
                continue
            translated += _paragraph(paragraph)
            if paragraph[-1].endswith("::"):  # what follows stands as it is
                translated += _take(rest, lambda line: not line or line.startswith(" "))
        else:
            translated.append(rest.pop(0))
    return translated


def _take(rest: list[str], wanted: Callable[[str], bool]) -> list[str]:
    """Remove the lines at the start of ``rest`` that are wanted, and return them."""
    taken = list(takewhile(wanted, rest))
    del rest[: len(taken)]
    return taken


def _has_text(line: str) -> bool:
    return bool(line.strip())


def _is_prose(line: str) -> bool:
    return _has_text(line) and not _ROW.match(line) and not line.strip().startswith("```")


def _fence(rest: list[str]) -> list[str]:
    indent = rest.pop(0).partition("```")[0]
    inside = _take(rest, lambda line: line.strip() != "```")
    del rest[:1]
    return ["", f"{indent}::", "", *(f"    {line}" for line in inside), ""]


def _table(rows: list[str]) -> list[str]:
    cells = [[_escaped(cell.strip()) for cell in row.strip("| ").split("|")] for row in rows]
    lines = ["", ".. list-table::", "   :header-rows: 1", ""]
    for row in [cells[0], *cells[2:]]:  # under the heads stands a rule
        lines += [f"   {'* -' if place == 0 else '  -'} {cell}" for place, cell in enumerate(row)]
    return [*lines, ""]


def _paragraph(lines: list[str]) -> list[str]:
    starts = [_FIELD.fullmatch(line) for line in lines]
    in_columns = sum(start is not None for start in starts) > 1 and all(
        start or line.startswith(" ") for start, line in zip(starts, lines, strict=True)
    )
    if not in_columns:
        return [_escaped(line) for line in lines]
    return [
        f":{start[1]}: {_escaped(start[2])}" if start else f"    {_escaped(line.strip())}"
        for start, line in zip(starts, lines, strict=True)
    ]


def _escaped(line: str) -> str:
    pieces = _CODE.split(line)  # every second one is code
    pieces[::2] = [piece.replace("|", r"\|") for piece in pieces[::2]]
    return "".join(pieces)
