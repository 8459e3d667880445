"""The model's graph in TensorBoard, traced on the first batch that the run sees."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.logging.board import Board
from praktikum.engine.objective import Step
from praktikum.engine.seeds import preserved_random_state

__all__ = ["Graph"]


class Graph(Listener):
    """Keeps the positional inputs of the model's first call, and traces the model on them."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._hook: RemovableHandle | None = None
        self._inputs: tuple[Any, ...] | None = None

    def fit_begins(self, fit: Fit) -> None:
        """Wait for the first call."""

        def keep(_module: nn.Module, inputs: tuple[Any, ...]) -> None:
            self._inputs = inputs

        self._hook = fit.model.register_forward_pre_hook(keep)

    def batch_begins(self, fit: Fit) -> None:
        """Have the first batch go through the model itself, where the hook is."""
        if self._hook is not None:
            fit.hooked = True

    def batch_ends(self, fit: Fit, step: Step) -> None:  # noqa: ARG002
        """Write the graph after the first batch; the model stays as it was."""
        if self._hook is None:
            return
        self.fit_ends(fit)
        if self._inputs is None:
            return
        training = fit.model.training
        fit.model.eval()
        with preserved_random_state(), torch.no_grad(), warnings.catch_warnings():
            # The tracer is old, and says so; TensorBoard knows no other.
            warnings.simplefilter("ignore")
            self._board.writer.add_graph(fit.model, self._inputs)
        fit.model.train(training)
        self._inputs = None

    def fit_ends(self, fit: Fit) -> None:  # noqa: ARG002
        """Take the hook off."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None
