"""What lies where in a run's folder, and files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from praktikum.engine.errors import RunError

__all__ = ["RunFolder", "whole_file", "write_whole"]


class RunFolder:
    """The files of one run. TensorBoard's events lie in the folder itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.toml"
        self.last = path / "last.pt"
        self.best = path / "best.pt"
        self.metrics = path / "metrics.json"
        self.evaluation = path / "evaluation.json"
        self.comparison = path / "comparison.json"
        self.report = path / "report.md"
        self.plots = path / "plots"

    def check_free(self) -> None:
        """Refuse a folder in which a run has been.

        Raises:
            RunError: there is a checkpoint.
        """
        if self.last.exists():
            raise RunError(f"{self.path} holds a run already; resume it, or choose another folder")

    def sweep(self) -> None:
        """Delete the halves of files that a killed run was writing."""
        for half in self.path.glob(".*.half"):
            half.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file under another name beside ``path``; rename it when the body has ended well.

    Whatever ends the program in between, ``path`` holds the old content or the new. Folders
    above it are made.

    Raises:
        OSError: it cannot be written; what stood at ``path`` before still stands there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".half")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)  # mkstemp's own is 0600
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file (text as UTF-8) by `whole_file`."""
    with whole_file(path) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
