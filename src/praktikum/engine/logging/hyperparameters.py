"""The settings of a run beside the best values that it reached, in TensorBoard's table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.logging.board import Board
from praktikum.engine.run_folder import RunFolder

__all__ = ["Hyperparameters"]


class Hyperparameters(Listener):
    """Writes the config in the run's folder, or the trainer's settings where there is none."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def fit_ends(self, fit: Fit) -> None:
        """Write the settings and the values of the best epoch, if one was finished."""
        if not fit.epochs:
            return
        config = RunFolder(fit.run_dir).config
        if config.exists():
            table = tomllib.loads(config.read_text(encoding="utf-8"))
        else:
            table = asdict(fit.settings)
        best = {f"best/{name}": value for name, value in fit.history.best.valid.items()}
        self._board.writer.add_hparams(dict(_flat(table, "")), best, run_name=".")


def _flat(table: Mapping[str, Any], place: str) -> Iterator[tuple[str, bool | float | str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value if isinstance(value, bool | int | float) else str(value)
