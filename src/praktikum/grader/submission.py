"""Reading what a student handed in: a notebook or a Python file, from an untrusted place."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from praktikum.checks import Text

__all__ = ["MAX_BYTES", "Cell", "Submission", "SubmissionError", "read_submission"]

MAX_BYTES = 20 * 2**20
_MAX_CELLS = 5_000
_MAX_CODE = 2**20  # characters


class SubmissionError(ValueError):
    """A file that cannot be graded; ``text`` says why in one sentence, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell, with the number that its reader sees."""

    number: int
    source: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What was handed in.

    Attributes:
        path: the file.
        digest: SHA-256 of its bytes, in hexadecimal; with an archive, of both files' SHA-256.
        cells: its code cells, in order; a Python file is one cell.
        unit: the unit that the notebook's metadata names, None where they name none.
        archive: the bytes of the archive that came with it, None where none did.
        notes: what its reader should know of what came with it.
    """

    path: Path
    digest: str
    cells: tuple[Cell, ...]
    unit: str | None
    archive: bytes | None = None
    notes: tuple[Text, ...] = ()


def read_submission(path: Path, within: Path | None = None) -> Submission:
    """Return the submission in the file ``path``.

    Args:
        path: a notebook (``.ipynb``) or a Python file (``.py``).
        within: the folder that the file must really lie in, links followed.

    Raises:
        SubmissionError: it is missing, too large, a link that leads out of ``within``, or no
            notebook and no Python text.
    """
    content = _content(path, within)
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionError(_ENCODING.format(name=path.name, at=error.start)) from None
    if path.suffix == ".py":
        return Submission(path, digest, _bounded(path, (Cell(1, text),)), None)
    if path.suffix != ".ipynb":
        raise SubmissionError(_SUFFIX.format(name=path.name))
    document = _document(path, text)
    return Submission(path, digest, _code_cells(path, document), _unit(document))


def _content(path: Path, within: Path | None) -> bytes:
    if within is not None and not path.resolve().is_relative_to(within.resolve()):
        raise SubmissionError(_OUTSIDE.format(name=path.name))
    try:
        if not path.is_file():
            raise SubmissionError(_NO_FILE.format(name=path.name))
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // 2**20
            raise SubmissionError(
                _TOO_LARGE.format(name=path.name, size=size // 2**20, limit=limit)
            )
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise SubmissionError(_UNREADABLE.format(name=path.name, why=error.strerror)) from None


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        # A notebook that breaks off was saved or sent in half.
        at_end = error.pos >= len(text.rstrip()) - 1 and error.msg != "Extra data"
        broken = at_end or "Unterminated" in error.msg
        words = _TRUNCATED if text.lstrip().startswith("{") and broken else _NOT_A_NOTEBOOK
        raise SubmissionError(words.format(name=path.name, line=error.lineno)) from None
    except RecursionError:
        raise SubmissionError(_NOT_A_NOTEBOOK.format(name=path.name, line=1)) from None
    if not isinstance(document, dict) or not isinstance(_raw_cells(document), list):
        raise SubmissionError(_NOT_A_NOTEBOOK.format(name=path.name, line=1))
    return document


def _raw_cells(document: dict[str, Any]) -> Any:
    if "cells" in document:
        return document["cells"]
    worksheets = document.get("worksheets")  # format 3, before 2015
    return worksheets[0].get("cells") if isinstance(worksheets, list) and worksheets else None


def _code_cells(path: Path, document: dict[str, Any]) -> tuple[Cell, ...]:
    raw = _raw_cells(document)
    if len(raw) > _MAX_CELLS:
        raise SubmissionError(_TOO_MANY.format(name=path.name, count=len(raw), limit=_MAX_CELLS))
    cells: list[Cell] = []
    for number, cell in enumerate(raw, start=1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            lines = source if isinstance(source, list) else [source]
            cells.append(Cell(number, "".join(line for line in lines if isinstance(line, str))))
    return _bounded(path, tuple(cells))


def _bounded(path: Path, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    if sum(len(cell.source) for cell in cells) > _MAX_CODE:
        raise SubmissionError(_TOO_MUCH_CODE.format(name=path.name, limit=_MAX_CODE))
    return cells


def _unit(document: dict[str, Any]) -> str | None:
    metadata = document.get("metadata")
    named = metadata.get("praktikum") if isinstance(metadata, dict) else None
    unit = named.get("unit") if isinstance(named, dict) else None
    return unit if isinstance(unit, str) and re.fullmatch(r"\w{1,64}", unit) else None


_ENCODING = Text(
    ru="{name}: это не текст в UTF-8 (байт {at}); сохраните тетрадь заново в Jupyter.",
    en="{name}: this is not UTF-8 text (byte {at}); save the notebook again in Jupyter.",
)
_SUFFIX = Text(
    ru="{name}: нужна тетрадь .ipynb или файл .py.",
    en="{name}: a notebook (.ipynb) or a Python file (.py) is wanted.",
)
_OUTSIDE = Text(
    ru="{name}: это ссылка на файл вне папки с работами; сдайте сам файл.",
    en="{name}: this is a link to a file outside of the submissions; hand in the file itself.",
)
_NO_FILE = Text(ru="{name}: такого файла нет.", en="{name}: there is no such file.")
_TOO_LARGE = Text(
    ru="{name}: {size} МБ при пределе {limit} МБ; очистите вывод ячеек и сдайте снова.",
    en="{name}: {size} MB, the limit is {limit} MB; clear the cells' output and hand in again.",
)
_TOO_MANY = Text(
    ru="{name}: ячеек {count} при пределе {limit}.",
    en="{name}: {count} cells, the limit is {limit}.",
)
_TOO_MUCH_CODE = Text(
    ru="{name}: кода больше {limit} знаков.",
    en="{name}: more than {limit} characters of code.",
)
_UNREADABLE = Text(
    ru="{name}: файл не читается ({why}).", en="{name}: the file cannot be read ({why})."
)
_TRUNCATED = Text(
    ru="{name}: файл обрывается на строке {line}; сохраните тетрадь и сдайте снова.",
    en="{name}: the file breaks off in line {line}; save the notebook and hand it in again.",
)
_NOT_A_NOTEBOOK = Text(
    ru="{name}: это не тетрадь Jupyter (строка {line}).",
    en="{name}: this is not a Jupyter notebook (line {line}).",
)
