"""Loss and accuracy of predicted tokens where texts of a batch differ in length.

Both are means over the real tokens of a batch, so padding changes nothing, however much there is
of it. The mean of batches is that of tokens only if each batch is weighted by `n_tokens`.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

__all__ = ["masked_cross_entropy", "n_tokens", "token_accuracy"]


def n_tokens(targets: Int[Tensor, "*shape"], pad: int) -> int:
    """Return how many targets are not padding."""
    return int((targets != pad).sum())


def masked_cross_entropy(
    logits: Float[Tensor, "*shape vocabulary"], targets: Int[Tensor, "*shape"], pad: int
) -> Float[Tensor, ""]:
    """Return the mean of -log p(target) (nats) over targets that are not `pad`; 0 if none is.

    Its exponential is the perplexity.
    """
    total = functional.cross_entropy(
        logits.flatten(0, -2), targets.flatten(), ignore_index=pad, reduction="sum"
    )
    return total / max(n_tokens(targets, pad), 1)


@torch.no_grad()
def token_accuracy(
    logits: Float[Tensor, "*shape vocabulary"], targets: Int[Tensor, "*shape"], pad: int
) -> Float[Tensor, ""]:
    """Return the share of targets that are the likeliest token, padding left out; 0 of none."""
    real = targets != pad
    hits = (logits.argmax(dim=-1) == targets) & real
    return hits.sum() / real.sum().clamp_min(1)
