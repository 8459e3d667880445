"""The processes that train one model together: what the loop asks of them.

The loop is written once; a run on many devices is this value, given to it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from torch import nn

from praktikum.engine.averages import Averages

__all__ = ["OneProcess", "Processes"]


class Processes(Protocol):
    """What the loop asks of the processes that share a run."""

    @property
    def writes(self) -> bool:
        """Whether this process writes files and shows progress: one of them does."""

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the module to call, whose backward pass brings the gradients together."""

    def accumulating(self, model: nn.Module) -> AbstractContextManager[object]:
        """Return a context in which a backward pass keeps its gradients to itself."""

    def share(self, order: list[list[int]]) -> list[list[int]]:
        """Return this process's batches of an epoch, as many in each process."""

    def combined(self, averages: Averages) -> Averages:
        """Return the averages over the examples of all processes."""


class OneProcess:
    """A process that trains alone."""

    writes = True

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the model as it is."""
        return model

    def accumulating(self, model: nn.Module) -> AbstractContextManager[object]:  # noqa: ARG002
        """Return a context that does nothing: there is no one to exchange gradients with."""
        return nullcontext()

    def share(self, order: list[list[int]]) -> list[list[int]]:
        """Return all batches."""
        return order

    def combined(self, averages: Averages) -> Averages:
        """Return the averages as they are."""
        return averages
