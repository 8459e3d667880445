"""The modules in which a unit's checks stand, and the order in which the checks are asked.

Checks stand in ``checks.py`` or, where that would be long, in the modules of a folder ``checks/``,
one a concept::

    checks/
      data.py       no checks of its own: cases that several modules draw
      layers.py     the checks of Dense and ReLU
      training.py   from .data import rings; a check here may need one of layers.py

Modules are asked in the order of the unit's parts, by the first part that a module checks; those
of one part by name. The names of checks are unique over the unit, all other names over a module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from praktikum.checks import Check, checks_of, run_modules
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit

__all__ = ["check_files", "load_checks"]


def check_files(unit: Unit) -> list[Path]:
    """Return the files that hold the checks of a unit, both halves.

    Raises:
        CourseError: there is none, or there are both a ``checks.py`` and a folder.
    """
    alone, modules = unit.folder / "checks.py", sorted((unit.folder / "checks").glob("*.py"))
    if alone.is_file() and modules:
        raise CourseError(unit.folder, ["has both a checks.py and a folder checks: leave one"])
    if not alone.is_file() and not modules:
        raise CourseError(unit.folder, ["has neither a checks.py nor modules in a folder checks"])
    return modules or [alone]


def load_checks(unit: Unit, files: Sequence[Path]) -> tuple[dict[str, str], dict[str, Check]]:
    """Return the texts of the modules ``files`` by name, in their order, and the checks in them.

    Raises:
        CheckError: a check is not written as it must be, or not as its neighbours allow.
    """
    texts = {path.stem: path.read_text("utf-8") for path in files}
    namespaces = run_modules(texts, str(files[0].parent) if files else "")

    def place(module: str) -> tuple[int, str]:
        return _first_part(unit, namespaces[module]), module

    order = sorted(texts, key=place)
    checks = checks_of(*(namespaces[module] for module in order))
    return {module: texts[module] for module in order}, checks


def _first_part(unit: Unit, namespace: Mapping[str, object]) -> int:
    """Return the place of the first part that a module checks; behind all, if it checks none."""
    places = {part.id: place for place, part in enumerate(unit.parts)}
    parts = [value.part for value in namespace.values() if isinstance(value, Check)]
    return min((places.get(part, len(places)) for part in parts), default=len(places))
