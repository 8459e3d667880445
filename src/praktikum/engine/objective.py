"""What a training run minimises: the contract between a task and the loop.

The loop knows nothing of images or words. It hands a batch to the objective, and gets back one
`Step`: the loss to differentiate, the number of examples behind it, and metrics to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["Objective", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """What an objective says about one batch.

    Attributes:
        loss: the mean over the batch, with its graph.
        size: examples in the batch; the batch's weight in every average.
        metrics: means over the batch by name; ``loss`` is not to be among the names.
    """

    loss: Float[Tensor, ""]
    size: int
    metrics: Mapping[str, Float[Tensor, ""]] = field(default_factory=dict)

    def values(self) -> dict[str, float]:
        """Return the loss, under the name ``loss``, and the metrics as plain numbers."""
        return {"loss": self.loss.item()} | {
            name: value.item() for name, value in self.metrics.items()
        }


class Objective(Protocol):
    """The loss and the metrics of a task."""

    def __call__(self, model: nn.Module, batch: Any, /) -> Step:
        """Return what ``model`` makes of a batch that lies on the model's device already."""
