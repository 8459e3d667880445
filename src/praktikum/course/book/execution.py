"""What the cells of a solved notebook print and draw, run once and remembered.

Both languages of a unit share their code cells, so one run serves both. It is remembered by a
digest of everything that it depends on: the cells, the rooms of the library that they import, and
the versions of what all of these import.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from praktikum.course.library import PACKAGE
from praktikum.course.notebook import build_notebook, is_check
from praktikum.course.unit import Unit

__all__ = ["ExecutionError", "Outputs", "outputs_of", "run_cells"]

Outputs = dict[str, list[NotebookNode]]
"""What each cell left, by the cell's id."""

_ROOM = re.compile(r"\bpraktikum\.(\w+)")
_IMPORTED = ("ipykernel", "matplotlib", "numpy", "scikit-learn", "scipy", "torch")
_SECONDS = 600  # for one cell
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Pictures are drawn into the notebook, whatever the environment says, and sharp on any screen.
_INLINE = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
_SETTINGS = ["--InlineBackend.figure_formats=retina", "--IPKernelApp.log_level=ERROR"]


class ExecutionError(Exception):
    """A cell of a solved notebook failed: an author's mistake."""


def outputs_of(unit: Unit, cache: Path) -> Outputs:
    """Return what the cells of a unit's solved notebook leave, from ``cache`` if they ran before.

    Cells that check are not run: a page shows the check as a reader finds it.

    Raises:
        ExecutionError: a cell raised, took too long, or ended its process.
    """
    notebook = build_notebook(unit, "en", solved=True)
    notebook.cells = [cell for cell in notebook.cells if _is_run(cell)]
    remembered = cache / f"{unit.id}-{_digest(notebook)}.ipynb"
    if remembered.exists():
        notebook = nbformat.read(remembered, as_version=4)
    else:
        run_cells(notebook, unit.id)
        cache.mkdir(parents=True, exist_ok=True)
        for outdated in cache.glob(f"{unit.id}-*"):
            outdated.unlink()
        _write(notebook, remembered)
    return {cell.id: cell.outputs for cell in notebook.cells}


def run_cells(notebook: NotebookNode, name: str) -> None:
    """Run all cells of a notebook in a kernel and an empty folder of its own.

    Raises:
        ExecutionError: as `outputs_of`.
    """
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=_SECONDS,
            kernel_name="python3",
            extra_arguments=_SETTINGS,
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=os.environ | _ONE_THREAD | _INLINE)
        except CellExecutionError as error:
            raise ExecutionError(f"{name}: a cell raised {error.ename}: {error.evalue}") from error
        except (CellTimeoutError, DeadKernelError) as error:
            reason = str(error).partition("\n")[0]
            raise ExecutionError(f"{name}: a cell did not end: {reason}") from error


def _is_run(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not is_check(cell)


def _digest(notebook: NotebookNode) -> str:
    cells = [cell.source for cell in notebook.cells]
    parts = [sys.version, *_versions(), *cells, *_library("\n".join(cells))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _library(source: str) -> list[str]:
    """Return the sources of all rooms that ``source`` names, or that these name in turn."""
    rooms: dict[str, str] = {}
    waiting = _ROOM.findall(source)
    while waiting:
        room = waiting.pop()
        if room not in rooms:
            paths = sorted((PACKAGE / room).rglob("*.py"))
            rooms[room] = "\0".join(path.read_text("utf-8") for path in paths)
            waiting += _ROOM.findall(rooms[room])
    return [rooms[room] for room in sorted(rooms)]


def _versions() -> Iterator[str]:
    for name in _IMPORTED:
        try:
            yield f"{name}=={importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            continue


def _write(notebook: NotebookNode, path: Path) -> None:
    partial = path.with_suffix(".partial")
    nbformat.write(notebook, partial)
    partial.replace(path)  # whole or not at all
