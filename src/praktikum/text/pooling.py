"""One vector for a text out of the vectors of its steps; padding has no say.

A text without steps gets zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from praktikum.sequence.lengths import mask_of_lengths

__all__ = ["POOLINGS", "PoolingName", "last_step", "max_over_steps", "mean_over_steps"]

PoolingName = Literal["last", "mean", "max"]


def last_step(
    steps: Float[Tensor, "time batch features"], lengths: Int[Tensor, " batch"]
) -> Float[Tensor, "batch features"]:
    """Return the vector of each text's own last step."""
    index = (lengths - 1).clamp_min(0).to(steps.device)
    chosen = steps[index, torch.arange(steps.shape[1], device=steps.device)]
    return chosen * (lengths > 0).to(steps)[:, None]


def mean_over_steps(
    steps: Float[Tensor, "time batch features"], lengths: Int[Tensor, " batch"]
) -> Float[Tensor, "batch features"]:
    """Return the mean over each text's own steps."""
    mask = mask_of_lengths(lengths, len(steps)).to(steps)  # (time, batch)
    total = (steps * mask[:, :, None]).sum(dim=0)
    return total / lengths.clamp_min(1).to(steps)[:, None]


def max_over_steps(
    steps: Float[Tensor, "time batch features"], lengths: Int[Tensor, " batch"]
) -> Float[Tensor, "batch features"]:
    """Return the largest value of each feature over each text's own steps."""
    padding = ~mask_of_lengths(lengths, len(steps)).to(steps.device)
    largest = steps.masked_fill(padding[:, :, None], -torch.inf).amax(dim=0)
    return torch.where((lengths > 0).to(steps.device)[:, None], largest, 0.0)


POOLINGS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "last": last_step,
    "mean": mean_over_steps,
    "max": max_over_steps,
}
