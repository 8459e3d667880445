"""2-norms of weights and gradients in TensorBoard: exploding and vanishing, seen early."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.logging.board import Board

__all__ = ["Norms"]


class Norms(Listener):
    """Writes ``norm/weights`` and ``norm/gradients`` over all parameters, and each parameter's."""

    def __init__(self, board: Board, every: int) -> None:
        self._board, self._every = board, every

    def gradients_ready(self, fit: Fit) -> None:
        """Write the norms of the weights and of their gradients before clipping."""
        if (fit.update + 1) % self._every:
            return
        parameters = dict(fit.model.named_parameters())
        grads = {name: p.grad for name, p in parameters.items() if p.grad is not None}
        self._write("weights", {name: p.detach() for name, p in parameters.items()}, fit)
        self._write("gradients", grads, fit)

    def _write(self, what: str, tensors: Mapping[str, Tensor], fit: Fit) -> None:
        norms = torch.stack([torch.linalg.vector_norm(tensor) for tensor in tensors.values()])
        each = dict(zip(tensors, norms.tolist(), strict=True))
        values = {f"norm/{what}": torch.linalg.vector_norm(norms).item()}
        values |= {f"norm of {what}/{name}": norm for name, norm in each.items()}
        self._board.add_scalars(values, fit.batches_seen)
