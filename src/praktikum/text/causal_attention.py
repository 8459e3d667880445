"""Attention of a recurrent language model to what it put out before.

Luong, Pham, Manning, 2015, "Effective approaches to attention-based neural machine translation",
sections 3 (equation 5) and 3.1 ("general" score), turned upon the text itself as in Daniluk et al.,
2017, "Frustratingly short attention spans in neural language modeling", section 3.1. A step looks
at itself and at all steps before it.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["CausalAttention"]


class CausalAttention(nn.Module):
    """Mixes into each step what the steps until it have put out.

    weights = softmax(h_t W h_i / √features over i <= t), output = tanh(U [h_t; Σ weights h_i])
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.query = nn.Linear(features, features, bias=False)
        self.mix = nn.Linear(2 * features, features)

    def forward(
        self,
        hidden: Float[Tensor, "batch time features"],
        memory: Float[Tensor, "batch before features"],
    ) -> tuple[Float[Tensor, "batch time features"], Float[Tensor, "batch time seen"]]:
        """Return the steps with their mixtures, and the weights; seen = before + time.

        hidden: new steps
        memory: the steps before them, which all of the new ones see
        """
        values = torch.cat((memory, hidden), dim=1)  # (batch, seen, features)
        n_new, n_before = hidden.shape[1], memory.shape[1]
        scores = self.query(hidden) @ values.transpose(1, 2) / math.sqrt(hidden.shape[2])
        future = torch.ones(n_new, values.shape[1], dtype=torch.bool, device=hidden.device)
        scores = scores.masked_fill(future.triu(n_before + 1), -torch.inf)
        weights = scores.softmax(dim=-1)
        context = weights @ values  # (batch, time, features)
        return self.mix(torch.cat((hidden, context), dim=-1)).tanh(), weights
