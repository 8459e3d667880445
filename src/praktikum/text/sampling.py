"""Which tokens chance may choose: the k best, or the best that make up a probability of p.

Fan, Lewis, Dauphin, 2018, "Hierarchical neural story generation", section 5.4 (top-k); Holtzman,
Buys, Du, Forbes, Choi, 2020, "The curious case of neural text degeneration", section 3.1 (top-p,
the nucleus). Both cut off the tail, where each token is unlikely but all together are not.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError

__all__ = ["draw", "top_k", "top_p"]


def top_k(logits: Float[Tensor, "*rows vocabulary"], k: int) -> Float[Tensor, "*rows vocabulary"]:
    """Return the logits with -inf everywhere but at the `k` highest of each row.

    Exactly `k` are left, also where several are equal; all, where there are no more than `k`.

    >>> top_k(torch.tensor([1.0, 3.0, 2.0]), 2)
    tensor([-inf, 3., 2.])
    """
    if k < 1:
        raise SettingError(f"k must be at least 1 token, got {k}")
    best, tokens = logits.topk(min(k, logits.shape[-1]), dim=-1)
    return torch.full_like(logits, -torch.inf).scatter(-1, tokens, best)


def top_p(logits: Float[Tensor, "*rows vocabulary"], p: float) -> Float[Tensor, "*rows vocabulary"]:
    """Return the logits with -inf outside of the nucleus of each row.

    The nucleus is the shortest list of most probable tokens whose probabilities sum to at least
    `p`; the most probable token is always in it.

    >>> top_p(torch.tensor([0.2, 0.5, 0.3]).log(), 0.6).exp()
    tensor([0.0000, 0.5000, 0.3000])
    """
    if not 0 < p <= 1:
        raise SettingError(f"p must be above 0 and at most 1, got {p}")
    ordered, tokens = logits.sort(dim=-1, descending=True)
    probabilities = ordered.softmax(dim=-1)
    before = probabilities.cumsum(dim=-1) - probabilities  # what more probable tokens sum to
    outside = before >= p
    outside[..., 0] = False
    return logits.masked_fill(outside.scatter(-1, tokens, outside), -torch.inf)


def draw(
    logits: Float[Tensor, "rows vocabulary"],
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " rows"]:
    """Return a token of each row, drawn from softmax(logits / temperature).

    Near 0 the most probable token is all but certain; above 1 chance has more to say.
    """
    if temperature <= 0:
        raise SettingError(
            f"temperature must be above 0, got {temperature}; without any chance, decode greedily"
        )
    probabilities = (logits / temperature).softmax(dim=-1)
    return torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)
