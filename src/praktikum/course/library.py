"""The library as text: where an address points, and the edition that gives no answer away."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import praktikum
from praktikum.course.holes import Address, HoleError, cut
from praktikum.course.unit import Unit

__all__ = ["holes_by_module", "module_path", "write_edition", "write_installable_edition"]

PACKAGE = Path(praktikum.__file__).parent
EXERCISES = "exercises"  # the module that lies in the unit's own folder


def module_path(module: str, unit: Unit) -> Path:
    """Return the file of a module as addresses name it.

    Raises:
        HoleError: there is no such file.
    """
    if module == EXERCISES:
        path = unit.folder / "exercises.py"
    else:
        path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        raise HoleError(f"{unit.id}: module {module!r} is not in the library: no file {path.name}")
    return path


def holes_by_module(unit: Unit) -> dict[str, list[str]]:
    """Return the qualified names of a unit's holes, by the module in which they stand."""
    holes: dict[str, list[str]] = {}
    for address in map(Address.parse, unit.write):
        holes.setdefault(address.module, []).append(address.qualname)
    return holes


def write_edition(units: Iterable[Unit], folder: Path) -> None:
    """Write the package ``praktikum`` below ``folder`` with the holes of all ``units`` cut.

    Only sources and package data are written, no bytecode: a compiled file would hold the answers.
    """
    holes: dict[Path, set[str]] = {}
    for unit in units:
        for module, qualnames in holes_by_module(unit).items():
            if module != EXERCISES:
                holes.setdefault(module_path(module, unit), set()).update(qualnames)
    for path in sorted(PACKAGE.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts or path.suffix in {".pyc", ".so"}:
            continue
        target = folder / "praktikum" / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in holes:
            target.write_text(cut(path.read_text("utf-8"), sorted(holes[path])), "utf-8")
        else:
            target.write_bytes(path.read_bytes())


def write_installable_edition(units: Iterable[Unit], folder: Path) -> None:
    """Write the edition with a ``pyproject.toml``, so that ``pip install`` takes ``folder``."""
    write_edition(units, folder)
    metadata = importlib.metadata.metadata("praktikum")
    requirements = metadata.get_all("Requires-Dist") or []
    (folder / "pyproject.toml").write_text(_pyproject(metadata["Version"], requirements), "utf-8")


def _pyproject(version: str, requirements: Iterable[str]) -> str:
    base = [requirement for requirement in requirements if "extra ==" not in requirement]
    project: Mapping[str, object] = {
        "name": "praktikum",
        "version": f"{version}+student",
        "requires-python": ">=3.11",
        "dependencies": base,
    }
    # A JSON string or list of strings is written the same way in TOML.
    fields = "\n".join(f"{key} = {json.dumps(value)}" for key, value in project.items())
    return (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
        f"[project]\n{fields}\n\n"
        '[project.scripts]\npraktikum = "praktikum.cli.main:main"\n\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["praktikum"]\n'
    )
