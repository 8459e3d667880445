"""A folder of submissions to one task, and the tables that may lie beside them.

One submission per student, named by the student: ``Anna Petrova.ipynb`` (or ``.py``), or a folder
``Anna Petrova`` that holds one such file and, where the task wants masks, ``masks.zip``. Four
names are tables, not submissions: ``points.csv`` (given by hand), ``extensions.csv``,
``scores.csv`` (tasks marked elsewhere) and ``received.csv``; without the last, a submission came
when its file was last modified.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from praktikum.checks import Text
from praktikum.course.calendar import Course
from praktikum.course.unit import Unit
from praktikum.grader.fact_tables import (
    read_extensions,
    read_hand_points,
    read_received,
    read_scores,
)
from praktikum.grader.facts import (
    Extension,
    FactsError,
    HandPoints,
    OutsideScore,
    student_name,
)
from praktikum.grader.submission import SubmissionError, read_submission

__all__ = ["ClassFolder", "Entry", "named_units", "read_class_folder", "the_archive", "the_file"]

_TABLES = ("points.csv", "extensions.csv", "scores.csv", "received.csv")
_SUFFIXES = (".ipynb", ".py")


@dataclass(frozen=True, slots=True)
class Entry:
    """One student's submission: which file, and when it came (aware)."""

    student: str
    path: Path
    received: dt.datetime


@dataclass(frozen=True, slots=True)
class ClassFolder:
    """What a folder of submissions holds."""

    folder: Path
    entries: tuple[Entry, ...]
    hand_points: tuple[HandPoints, ...] = field(default=())
    extensions: tuple[Extension, ...] = field(default=())
    scores: tuple[OutsideScore, ...] = field(default=())


def read_class_folder(folder: Path, unit: Unit, course: Course) -> ClassFolder:
    """Return what ``folder`` holds; the submissions themselves are not opened.

    Raises:
        FactsError: it is no folder, a table of it is wrong, or two files are one student's.
    """
    table = {name: folder / name for name in _TABLES if (folder / name).is_file()}
    received = read_received(table["received.csv"], course.zone) if "received.csv" in table else {}
    entries: dict[str, Entry] = {}
    for student, path in _files(folder):
        if student in entries:
            both = f"{entries[student].path.name} and {path.name}"
            raise FactsError([f"{folder}: {both} are both of {student}; leave the one that counts"])
        entries[student] = Entry(student, path, received.get(student) or _modified(path))
    if strangers := sorted(set(received) - set(entries)):
        raise FactsError([f"{table['received.csv']}: there is no submission of {strangers[0]}"])
    return ClassFolder(
        folder,
        tuple(entries[student] for student in sorted(entries)),
        read_hand_points(table["points.csv"], unit) if "points.csv" in table else (),
        read_extensions(table["extensions.csv"], course) if "extensions.csv" in table else (),
        read_scores(table["scores.csv"], course) if "scores.csv" in table else (),
    )


def named_units(folder: Path) -> frozenset[str]:
    """Return the units that the notebooks in ``folder`` say they are of; unreadable ones say none.

    Raises:
        FactsError: it is no folder.
    """
    units: set[str] = set()
    for student, path in _files(folder):
        with suppress(SubmissionError):
            file = the_file(Entry(student, path, _modified(path)))
            if unit := read_submission(file, within=folder).unit:
                units.add(unit)
    return frozenset(units)


def the_file(entry: Entry) -> Path:
    """Return the file of an entry: itself, or the only notebook or Python file in its folder.

    Raises:
        SubmissionError: the folder holds none, or more than one.
    """
    if entry.path.is_symlink() or not entry.path.is_dir():
        return entry.path
    found = sorted(path for path in entry.path.iterdir() if path.suffix in _SUFFIXES)
    notebooks = [path for path in found if path.suffix == ".ipynb"]
    candidates = notebooks or found
    if len(candidates) != 1:
        names = ", ".join(path.name for path in candidates[:3])
        raise SubmissionError((_SEVERAL if candidates else _NONE).format(names=names))
    return candidates[0]


def the_archive(entry: Entry, name: str) -> Path | None:
    """Return where an entry's archive of that name would lie; None where it is no folder."""
    is_folder = entry.path.is_dir() and not entry.path.is_symlink()
    return entry.path / name if is_folder else None


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise FactsError([f"{folder}: there is no such folder of submissions"])
    for path in sorted(folder.iterdir()):
        if path.name in _TABLES or path.name.startswith("."):
            continue
        is_folder = path.is_dir() and not path.is_symlink()
        yield student_name(path.name if is_folder else path.stem), path


def _modified(path: Path) -> dt.datetime:
    # Of a link, the link itself: what it points to is not the student's.
    return dt.datetime.fromtimestamp(path.lstat().st_mtime, dt.UTC)


_NONE = Text(
    ru="В папке нет ни тетради .ipynb, ни файла .py.",
    en="The folder has neither a notebook (.ipynb) nor a Python file (.py).",
)
_SEVERAL = Text(
    ru="В папке несколько работ ({names}); оставьте одну.",
    en="The folder holds several submissions ({names}); leave one.",
)
