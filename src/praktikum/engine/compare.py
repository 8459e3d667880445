"""Runs side by side: what each reached, its curves, and what differs in the configs."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from praktikum.engine.errors import RunError
from praktikum.engine.history import History
from praktikum.engine.plots import compare_curves, pixels, png
from praktikum.engine.run_folder import RunFolder, write_whole

__all__ = ["Comparison", "compare_runs"]


@dataclass(frozen=True)
class Row:
    """A run's line: its name, and a cell for each column."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    Attributes:
        histories: of each run, by a name that tells them apart.
        names: of the values on validation data, the monitored ones first.
        differences: the keys of the configs in which the runs differ, with each run's value.
    """

    histories: dict[str, History]
    names: tuple[str, ...]
    differences: dict[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the table."""
        return ("run", "parameters", "epochs", "best epoch", *self.names, "seconds")

    @property
    def rows(self) -> list[Row]:
        """The table: values on validation data after each run's best epoch."""
        return [Row(name, self._cells(name, history)) for name, history in self.histories.items()]

    def _cells(self, name: str, history: History) -> tuple[str, ...]:
        best = history.best
        values = (f"{best.valid[key]:.4f}" if key in best.valid else "–" for key in self.names)
        seconds = sum(epoch.seconds for epoch in history.epochs)
        counts = (f"{history.n_parameters:,}", f"{len(history.epochs)}", f"{best.epoch}")
        return (name, *counts, *values, f"{seconds:.0f}")

    def write(self, out: Path) -> None:
        """Write ``comparison.html`` (whole in itself) and ``comparison.png`` to a folder."""
        picture = png(pixels(compare_curves(self.histories, self.names)))
        environment = Environment(
            loader=PackageLoader("praktikum.engine"), autoescape=True, trim_blocks=True
        )
        page = environment.get_template("comparison.html.j2").render(
            names=self.names,
            runs=self.rows,
            differences=self.differences,
            picture=base64.b64encode(picture).decode("ascii"),
        )
        write_whole(out / "comparison.png", picture)
        write_whole(out / "comparison.html", page)


def compare_runs(run_dirs: Sequence[Path]) -> Comparison:
    """Return the comparison of runs by their folders.

    Raises:
        RunError: one of them has no ``metrics.json``, or is given twice.
    """
    if len({run_dir.resolve() for run_dir in run_dirs}) < len(run_dirs):
        raise RunError("a run is given twice: each is compared with the others once")
    folders = [RunFolder(run_dir) for run_dir in run_dirs]
    histories = [History.read(folder.metrics) for folder in folders]
    names = {history.monitor: None for history in histories}
    names |= {name: None for h in histories for e in h.epochs for name in e.valid}
    configs = [_flat_config(folder) for folder in folders]
    return Comparison(
        dict(zip(_short_names(run_dirs), histories, strict=True)),
        tuple(names),
        _differences(configs),
    )


def _short_names(run_dirs: Sequence[Path]) -> list[str]:
    """Return the folders' names, with as many folders above as it takes to tell them apart."""
    parts = [run_dir.resolve().parts for run_dir in run_dirs]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(path[-length:]) for path in parts]
        if len(set(names)) == len(names):
            break
    return names


def _flat_config(folder: RunFolder) -> dict[str, str]:
    if not folder.config.exists():  # a run made in Python, without a config
        return {}
    flat: dict[str, str] = {}

    def flatten(table: dict[str, Any], place: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                flatten(value, f"{place}{key}.")
            else:
                flat[f"{place}{key}"] = str(value)

    flatten(tomllib.loads(folder.config.read_text(encoding="utf-8")), "")
    return flat


def _differences(configs: Sequence[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    keys = {key: None for config in configs for key in config}
    values = {key: tuple(config.get(key, "–") for config in configs) for key in keys}
    return {key: each for key, each in values.items() if len(set(each)) > 1}
