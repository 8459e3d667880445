"""Loss, metrics and learning rate in TensorBoard, per batch and per epoch."""

from __future__ import annotations

from collections.abc import Mapping

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.history import EpochResult
from praktikum.engine.logging.board import Board
from praktikum.engine.objective import Step

__all__ = ["Scalars"]


class Scalars(Listener):
    """Writes ``batch/NAME`` by the batch's number, ``epoch/PART/NAME`` by that of the epoch."""

    def __init__(self, board: Board, every: int) -> None:
        self._board, self._every = board, every

    def batch_ends(self, fit: Fit, step: Step) -> None:
        """Write the batch's values."""
        if fit.batches_seen % self._every == 0:
            values = step.values() | {"lr": fit.lr}
            self._board.add_scalars(_tagged("batch", values), fit.batches_seen)

    def epoch_ends(self, fit: Fit, result: EpochResult) -> None:  # noqa: ARG002
        """Write the epoch's means."""
        for part, values in (("train", result.train), ("valid", result.valid)):
            self._board.add_scalars(_tagged(f"epoch/{part}", values), result.epoch)


def _tagged(place: str, values: Mapping[str, float]) -> dict[str, float]:
    return {f"{place}/{name}": value for name, value in values.items()}
