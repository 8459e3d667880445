"""Dropout whose chance comes from a generator of one's own.

Hinton et al., 2012, "Improving neural networks by preventing co-adaptation of feature detectors".
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .masks import check_probability, dropout_mask

__all__ = ["Dropout"]


class Dropout(nn.Module):
    """Drops each number with probability `p` in training, and scales the others by 1 / (1 - p).

    generator: None is torch's own
    """

    def __init__(self, p: float, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.p, self.generator = check_probability("dropout", p), generator

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Return `x`, with numbers dropped in training."""
        if not self.training or not self.p:
            return x
        return x * dropout_mask(x, self.p, self.generator)
