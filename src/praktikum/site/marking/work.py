"""A student's notebook as a person reads it: text, code, what it printed, its pictures.

All of it is from a stranger: text passes the sanitiser of `prose`, code is escaped, HTML, SVG and
scripts among the outputs are left out, pictures are kept as bytes that `pictures` draws anew.
What is too long is cut, so no notebook makes a page that a browser cannot hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from praktikum.grader.phrasing import printable
from praktikum.site.classroom.models import Attempt, StoredFile
from praktikum.site.marking.pictures import decoded
from praktikum.site.prose import code_html, prose_html

__all__ = ["ShownCell", "Work", "read_work", "work_of"]

_MOST_CELLS = 500
_LONGEST_CELL = 30_000  # characters of its source
_LONGEST_OUTPUT = 5_000  # characters of all that it printed
_LONGEST_WORK = 600_000  # characters of all sources
_LONGEST_PROSE = 10_000  # characters of a text that is set as Markdown; a longer one is shown plain
_MOST_PROSE = 100_000  # characters of all such texts: hostile ones take a second for 50 000
_MOST_PICTURES = 200
_BELOW = 2  # levels by which headings stand below the page's own
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PICTURES = ("image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell.

    Attributes:
        number: its place among the notebook's cells, from 1.
        source: as the student wrote it.
        html: the same, to be shown.
        printed: what came out of it, as text.
        pictures: places in `Work.pictures`.
        answer, check: the part whose answer stands in it, or whose checks it calls; or empty.
        given: it came with the notebook and was not to be changed.
    """

    number: int
    source: str
    html: SafeString
    is_code: bool
    printed: str = ""
    pictures: tuple[int, ...] = ()
    answer: str = ""
    check: str = ""
    given: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether it is a text that came with the notebook and begins a section of it."""
        return self.given and not self.is_code and self.source.lstrip().startswith("#")


@dataclass(frozen=True, slots=True)
class Work:
    """A notebook that was handed in; ``cut`` says that not all of it is here."""

    cells: tuple[ShownCell, ...]
    pictures: tuple[bytes, ...]
    cut: bool = False

    def about(self, part: str) -> tuple[ShownCell, ...]:
        """Return the cells about a part: its answers, and what was done for it before and after.

        They begin with the heading that was given for it, or after the last cell that belongs to
        another part, and end before the next one that was given. Without a cell for the answer (as
        in a Python file) they are all cells.
        """
        answers = [place for place, cell in enumerate(self.cells) if cell.answer == part]
        if not answers:
            return self.cells
        first, last = answers[0], answers[-1]
        while (
            first and not self.cells[first].is_heading and not self._is_of_another(first - 1, part)
        ):
            first -= 1
        while last + 1 < len(self.cells) and not self._begins_another(last + 1):
            last += 1
        return self.cells[first : last + 1]

    def _is_of_another(self, place: int, part: str) -> bool:
        return (self.cells[place].answer or self.cells[place].check) not in ("", part)

    def _begins_another(self, place: int) -> bool:
        cell = self.cells[place]
        return cell.given or bool(cell.answer or cell.check)


def work_of(attempt: Attempt) -> Work:
    """Return what was handed in, to be read; no cells where it cannot be."""
    return _stored(attempt.file_id, attempt.source.endswith(".py"))


@lru_cache(maxsize=8)  # one may hold 20 MB of pictures
def _stored(digest: str, is_python: bool) -> Work:
    return read_work(bytes(StoredFile.objects.get(digest=digest).content), is_python=is_python)


def read_work(content: bytes, *, is_python: bool = False) -> Work:
    """Return a notebook's (or a Python file's) cells; no cells where it cannot be read."""
    text = content.decode("utf-8-sig", errors="replace")
    if is_python:
        text, cut = text[:_LONGEST_CELL], len(text) > _LONGEST_CELL
        return Work((ShownCell(1, text, code_html(text), is_code=True),), (), cut)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Work((), ())
    cells = document.get("cells") if isinstance(document, dict) else None
    raw = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    return _Reader().read(raw)


class _Reader:
    """Reads cells, and collects their pictures."""

    def __init__(self) -> None:
        self._pictures: list[bytes] = []
        self._left = _LONGEST_WORK
        self._prose_left = _MOST_PROSE
        self._cut = False

    def read(self, raw: list[dict[str, Any]]) -> Work:
        cells = [self._cell(number, cell) for number, cell in enumerate(raw[:_MOST_CELLS], start=1)]
        cut = self._cut or len(raw) > _MOST_CELLS
        return Work(tuple(cells), tuple(self._pictures), cut)

    def _cell(self, number: int, cell: dict[str, Any]) -> ShownCell:
        source = self._bounded(_text(cell.get("source")))
        is_code = cell.get("cell_type") == "code"
        ours, grading = _fields(cell, "praktikum"), _fields(cell, "nbgrader")
        if is_code:
            html = code_html(source)
            given = bool(grading.get("locked")) or "check" in ours
            data = [each for each in _outputs(cell) if isinstance(each, dict)]
        else:
            html = self._prose(source)
            given = bool(grading.get("locked"))
            attached = cell.get("attachments")
            data = list(attached.values()) if isinstance(attached, dict) else []
        return ShownCell(
            number,
            source,
            html,
            is_code,
            printed=_printed(cell) if is_code else "",
            pictures=tuple(self._keep(data)),
            answer=_name(ours.get("answer")),
            check=_name(ours.get("check")),
            given=given,
        )

    def _bounded(self, source: str) -> str:
        shown = source[: min(_LONGEST_CELL, self._left)]
        self._cut |= len(shown) < len(source)
        self._left -= len(shown)
        return shown

    def _prose(self, source: str) -> SafeString:
        if len(source) <= min(_LONGEST_PROSE, self._prose_left):
            self._prose_left -= len(source)
            try:
                return prose_html(source, below=_BELOW)
            except RecursionError:
                pass  # nested too deep to be set
        return format_html('<pre class="said">{}</pre>', source)

    def _keep(self, data: list[Any]) -> Iterator[int]:
        """Store the pictures among bundles of data by MIME type, and give their places."""
        for bundle in data:
            kinds = [kind for kind in _PICTURES if isinstance(bundle, dict) and kind in bundle]
            content = decoded(bundle[kinds[0]]) if kinds else None
            if content is None:
                continue
            if len(self._pictures) >= _MOST_PICTURES:
                self._cut = True
                return
            self._pictures.append(content)
            yield len(self._pictures) - 1


def _outputs(cell: dict[str, Any]) -> Iterator[Any]:
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            yield output.get("data")


def _printed(cell: dict[str, Any]) -> str:
    outputs = cell.get("outputs")
    texts: list[str] = []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        if output.get("output_type") == "error":
            texts.append(f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}")
        elif isinstance(data, dict):
            if not any(kind in data for kind in _PICTURES):
                texts.append(_text(data.get("text/plain")))
        else:
            texts.append(_text(output.get("text")))
    whole = _COLOUR.sub("", "\n".join(text.rstrip("\n") for text in texts if text))
    lines = [printable(line) for line in whole[:_LONGEST_OUTPUT].split("\n")]
    return "\n".join(lines) + ("\n…" if len(whole) > _LONGEST_OUTPUT else "")


def _text(value: Any) -> str:
    lines = value if isinstance(value, list) else [value]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be sent


def _fields(cell: dict[str, Any], name: str) -> dict[str, Any]:
    metadata = cell.get("metadata")
    fields = metadata.get(name) if isinstance(metadata, dict) else None
    return fields if isinstance(fields, dict) else {}


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""
