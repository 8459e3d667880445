"""Penalties on what a recurrent network puts out: large activations, and sudden changes of them.

Merity, McCann, Socher, 2017, "Revisiting activation regularization for language RNNs", sections
3.1 and 3.2; in AWD-LSTM (Merity, Keskar, Socher, 2018) the weights are α = 2 and β = 1. As in that
paper's code, means are taken instead of norms, so that the size of a batch doesn't matter; steps
of padding are left out.
"""

from __future__ import annotations

from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["activation_penalty", "mean_square", "temporal_activation_penalty"]


def activation_penalty(
    dropped: Float[Tensor, "time batch features"], real: Bool[Tensor, "time batch"]
) -> Float[Tensor, ""]:
    """Return AR / α: the mean square of the last layer's output, after its dropout.

    real: steps that belong to a text
    """
    return mean_square(dropped, real)


def temporal_activation_penalty(
    output: Float[Tensor, "time batch features"], real: Bool[Tensor, "time batch"]
) -> Float[Tensor, ""]:
    """Return TAR / β: the mean square of the change of the last layer's output, before dropout.

    A change counts where both of its steps belong to a text.
    """
    return mean_square(output[1:] - output[:-1], real[1:] & real[:-1])


def mean_square(
    values: Float[Tensor, "time batch features"], real: Bool[Tensor, "time batch"]
) -> Float[Tensor, ""]:
    """Return the mean square of the numbers at real steps; 0 if there is none."""
    squares = values.square().mean(dim=-1) * real  # (time, batch)
    return squares.sum() / real.sum().clamp_min(1)
