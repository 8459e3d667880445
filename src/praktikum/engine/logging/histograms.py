"""Histograms of weights and of their gradients in TensorBoard."""

from __future__ import annotations

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.logging.board import Board

__all__ = ["Histograms"]


class Histograms(Listener):
    """Writes ``weights/NAME`` and ``weight gradients/NAME`` for each parameter."""

    def __init__(self, board: Board, every: int) -> None:
        self._board, self._every = board, every

    def gradients_ready(self, fit: Fit) -> None:
        """Write the histograms of the weights and of their gradients before clipping."""
        if (fit.update + 1) % self._every:
            return
        writer, step = self._board.writer, fit.batches_seen
        for name, parameter in fit.model.named_parameters():
            writer.add_histogram(f"weights/{name}", parameter.detach().float(), step)
            if parameter.grad is not None:
                writer.add_histogram(f"weight gradients/{name}", parameter.grad.float(), step)
