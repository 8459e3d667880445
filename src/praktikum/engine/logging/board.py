"""TensorBoard's file of events, open while a run is in progress."""

from __future__ import annotations

from collections.abc import Mapping

from tensorboard.compat.proto.summary_pb2 import Summary  # type: ignore[import-untyped]
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

    def add_scalars(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers by their tags as one event: the writer's own way is an event for each.

        Handing an event to the writer's thread costs more than what is in it.
        """
        summary = Summary()
        for tag, value in values.items():
            summary.value.add(tag=tag, simple_value=value)
        self.writer.file_writer.add_summary(summary, step)  # type: ignore[attr-defined]

    def fit_ends(self, fit: Fit) -> None:  # noqa: ARG002
        """Close the events."""
        if hasattr(self, "writer"):
            self.writer.close()
