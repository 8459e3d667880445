"""The means of loss and metrics over a data set, without training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from praktikum.engine.averages import Averages
from praktikum.engine.objective import Objective
from praktikum.engine.placement import Placement
from praktikum.engine.precision import Precision

__all__ = ["evaluate"]


def evaluate(
    model: nn.Module,
    batches: Iterable[Any],
    objective: Objective,
    placement: Placement,
    precision: Precision,
) -> Averages:
    """Return the averages over all examples; the model is left in the mode that it was in."""
    averages = Averages()
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for batch in batches:
                with precision.autocast():
                    step = objective(model, placement.place(batch))
                averages.add(step.values(), step.size)
    finally:
        model.train(training)
    return averages
