"""TensorBoard's file of events, open while a run is in progress."""

from __future__ import annotations

from torch.utils.tensorboard import SummaryWriter

from praktikum.engine.fit import Fit, Listener

__all__ = ["Board"]


class Board(Listener):
    """Opens the events in the run's folder for the listeners that write to it.

    It stands before them in the list, and so is opened first and closed last. After a kill, what
    was written later than the checkpoint is hidden by the steps that are repeated.
    """

    writer: SummaryWriter

    def fit_begins(self, fit: Fit) -> None:
        """Open the events."""
        seen = fit.batches_seen
        self.writer = SummaryWriter(str(fit.run_dir), purge_step=seen + 1 if seen else 0)

    def fit_ends(self, fit: Fit) -> None:  # noqa: ARG002
        """Close the events."""
        if hasattr(self, "writer"):
            self.writer.close()
