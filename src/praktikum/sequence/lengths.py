"""Sequences of various lengths in one padded tensor: masks, reversal, last states.

A layer that goes forward never lets a padded step influence a real one before it, so it may run
over the padding: what it says there is thrown away, and the last state is taken where a sequence
ends. To go backward, each sequence is reversed within its own length first.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .errors import ShapeError

__all__ = ["check_lengths", "last_states", "mask_of_lengths", "reverse_sequences"]


def check_lengths(lengths: Tensor, time: int, batch: int) -> None:
    """Raise ShapeError unless there are `batch` whole lengths from 0 to `time`."""
    if lengths.shape != (batch,) or lengths.is_floating_point():
        raise ShapeError(
            f"lengths must be {batch} integers, one for each sequence, "
            f"got {tuple(lengths.shape)} of {lengths.dtype}"
        )
    if batch and not 0 <= int(lengths.min()) <= int(lengths.max()) <= time:
        raise ShapeError(
            f"lengths must lie between 0 and the {time} steps of the input, "
            f"got {int(lengths.min())} to {int(lengths.max())}"
        )


def mask_of_lengths(lengths: Int[Tensor, " batch"], time: int) -> Bool[Tensor, "time batch"]:
    """Return True at the steps that belong to a sequence and False at padding.

    >>> mask_of_lengths(torch.tensor([1, 3]), 3).int().tolist()
    [[1, 1], [0, 1], [0, 1]]
    """
    return torch.arange(time, device=lengths.device)[:, None] < lengths


def reverse_sequences(
    input: Float[Tensor, "time batch features"], lengths: Int[Tensor, " batch"] | None
) -> Float[Tensor, "time batch features"]:
    """Return each sequence from its last step to its first; padding stays where it is.

    `lengths=None` means that all are as long as the tensor.
    """
    if lengths is None:
        return input.flip(0)
    time = torch.arange(len(input), device=input.device)[:, None]  # (time, 1)
    source = torch.where(time < lengths, lengths - 1 - time, time)  # (time, batch)
    return input.gather(0, source[:, :, None].expand_as(input))


def last_states(
    states: Float[Tensor, "time batch hidden"],
    initial: Float[Tensor, "batch hidden"],
    lengths: Int[Tensor, " batch"] | None,
) -> Float[Tensor, "batch hidden"]:
    """Return the state after the last step of each sequence; that of an empty one is `initial`."""
    if lengths is None:
        return states[-1]
    every = torch.cat((initial[None], states))  # (1 + time, batch, hidden)
    return every[lengths, torch.arange(len(lengths), device=lengths.device)]
