"""What is handed to students, and what only an instructor should see.

::

    OUT/student/task1.ipynb       the notebook with its holes
    OUT/student/task1.checks/     the public half of its checks, and images to predict masks for
    OUT/student/library/          the library with the same holes; pip installs it
    OUT/instructor/task1.ipynb    the notebook solved
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import nbformat

from praktikum.checks import Language
from praktikum.course.given import GIVEN, draw_given, write_given
from praktikum.course.library import write_installable_edition
from praktikum.course.notebook import build_notebook, notebook_name
from praktikum.course.pack import pack_unit, write_pack
from praktikum.course.unit import Unit

__all__ = ["build", "checks_folder"]


def checks_folder(unit: Unit) -> str:
    """Return the name of the folder that holds a unit's pack, beside its notebook."""
    return Path(notebook_name(unit)).stem + ".checks"


def build(
    chosen: Sequence[Unit],
    all_units: Iterable[Unit],
    language: Language,
    out: Path,
    given_seed: Callable[[Unit], int] | None = None,
) -> list[Path]:
    """Write the notebooks and packs of the ``chosen`` units below ``out``; return the notebooks.

    The library that goes with them lacks the answers of ``all_units``, chosen or not. What an
    earlier build left at these places is replaced; other files there are let be.

    Args:
        given_seed: gives the secret seed of a unit's images; without it none are written.
    """
    student, instructor = out / "student", out / "instructor"
    instructor.mkdir(parents=True, exist_ok=True)
    student.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for unit in chosen:
        for folder, solved in ((student, False), (instructor, True)):
            path = folder / notebook_name(unit)
            nbformat.write(build_notebook(unit, language, solved=solved), path)
            written.append(path)
        _replace(student / checks_folder(unit))
        write_pack(pack_unit(unit), student / checks_folder(unit))
        if given_seed and unit.given:
            given = draw_given(unit, given_seed(unit))
            write_given(given, student / checks_folder(unit) / GIVEN)
    _replace(student / "library")
    write_installable_edition(all_units, student / "library")
    return written


def _replace(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
