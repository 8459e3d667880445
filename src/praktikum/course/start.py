"""A unit's notebook and its checks, put into a reader's folder without harm to what is there."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat

from praktikum.checks import Language
from praktikum.course.build import checks_folder
from praktikum.course.given import GIVEN, draw_given, write_given
from praktikum.course.notebook import build_notebook, notebook_name
from praktikum.course.pack import pack_unit, write_pack
from praktikum.course.unit import Unit

__all__ = ["StartError", "start"]

_OF_A_PACK = "expectations.json"


class StartError(Exception):
    """A unit cannot be started on here; nothing was changed."""


def start(
    unit: Unit, language: Language, folder: Path, given_seed: Callable[[Unit], int] | None = None
) -> Path:
    """Put a unit's notebook and the folder of its checks into ``folder``; return the notebook.

    A notebook that is there already stays: if it is the same, all is well. Checks are brought up
    to date. Everything is prepared aside and moved in at the end. ``given_seed`` gives the secret
    seed of a unit's images; without it they are left out.

    Raises:
        StartError: another notebook or another folder has the name already, or a module that
            the unit needs is not installed.
    """
    for module in unit.requires:
        if importlib.util.find_spec(module) is None:
            raise StartError(f"{unit.id} needs {module}, which is not here: pip install {module}")
    notebook, checks = folder / notebook_name(unit), folder / checks_folder(unit)
    text = nbformat.writes(build_notebook(unit, language, solved=False))
    is_there = _verify(notebook, text)
    if checks.exists() and not (checks / _OF_A_PACK).is_file():
        raise StartError(f"{checks} is there already and holds no checks: choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".start-") as name:
        aside = Path(name)
        (aside / "new").mkdir(mode=0o755)
        write_pack(pack_unit(unit), aside / "new" / "checks")
        if given_seed and unit.given:
            write_given(draw_given(unit, given_seed(unit)), aside / "new" / "checks" / GIVEN)
        (aside / "new" / "notebook").write_text(text, "utf-8")
        if checks.exists():
            checks.rename(aside / "old")
        (aside / "new" / "checks").rename(checks)
        if not is_there:
            _move_in(aside / "new" / "notebook", notebook)
    return notebook


def _verify(notebook: Path, text: str) -> bool:
    """Return whether the notebook is there; raise StartError if it is another one."""
    if not notebook.exists():
        return False
    if notebook.read_bytes() != text.encode():
        raise _taken(notebook)
    return True


def _move_in(prepared: Path, notebook: Path) -> None:
    try:
        os.link(prepared, notebook)  # unlike a rename, never replaces what has come in between
    except FileExistsError:
        raise _taken(notebook) from None


def _taken(notebook: Path) -> StartError:
    return StartError(
        f"{notebook} is there already and differs, so it was left as it is: "
        "go on with it, rename it, or name another folder"
    )
