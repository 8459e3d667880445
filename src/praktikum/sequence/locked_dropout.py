"""Locked dropout: features of a whole sequence dropped at all of its steps together.

Merity, Keskar, Socher, 2018, "Regularizing and optimizing LSTM language models", section 4.2
(the mask itself is Gal and Ghahramani's, 2016): between layers, a mask is drawn once for each
sequence and serves all its steps.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .masks import check_probability, dropout_mask

__all__ = ["LockedDropout"]


class LockedDropout(nn.Module):
    """Dropout whose mask doesn't change with time; in evaluation, or with p = 0, nothing at all.

    p:           probability of dropping a feature
    batch_first: whether sequences are [batch, time, features]
    generator:   where masks are drawn from; None is torch's own
    """

    def __init__(
        self,
        p: float = 0.5,
        batch_first: bool = False,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.p = check_probability("p", p)
        self.batch_first = batch_first
        self.generator = generator

    def forward(
        self, input: Float[Tensor, "time batch features"]
    ) -> Float[Tensor, "time batch features"]:
        """Return the input, in training `dropped`."""
        return self.dropped(input) if self.training and self.p else input

    def dropped(
        self, input: Float[Tensor, "time batch features"]
    ) -> Float[Tensor, "time batch features"]:
        """Return the input with one mask over [batch, features] laid on every step.

        It is drawn by `dropout_mask` from `self.generator`; mind `self.batch_first`.
        """
        one_step = input[:, :1] if self.batch_first else input[:1]
        return input * dropout_mask(one_step, self.p, self.generator)

    def extra_repr(self) -> str:
        """Return the settings, for `repr`."""
        return f"p={self.p}, batch_first={self.batch_first}"
