"""Additive attention: the query and a key meet in a small network with one hidden layer.

Bahdanau, Cho, Bengio, 2015, "Neural machine translation by jointly learning to align and
translate", appendix A.1.2: score(q, k) = vᵀ tanh(W q + U k). Queries and keys may be of different
sizes. U k is the same for every query, so a decoder may have it computed once.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .attention import check_mask, weights_of_scores

__all__ = ["AdditiveAttention"]


class AdditiveAttention(nn.Module):
    """Bahdanau's attention: a mean of the keys (or of values) by scores vᵀ tanh(W q + U k).

    d_query: size of a query, say of a decoder's state
    d_key:   size of a key, say of an encoder's state
    d_score: size of the hidden layer in which they meet
    """

    def __init__(self, d_query: int, d_key: int, d_score: int) -> None:
        super().__init__()
        self.from_query = nn.Linear(d_query, d_score, bias=False)
        self.from_key = nn.Linear(d_key, d_score, bias=False)
        self.score = nn.Linear(d_score, 1, bias=False)

    def forward(
        self,
        query: Float[Tensor, "batch q_len d_query"],
        key: Float[Tensor, "batch k_len d_key"],
        value: Float[Tensor, "batch k_len d_value"] | None = None,
        mask: Tensor | None = None,
        *,
        projected_key: Float[Tensor, "batch k_len d_score"] | None = None,
    ) -> tuple[Float[Tensor, "batch q_len d_out"], Float[Tensor, "batch q_len k_len"]]:
        """Return the means, and the weights that they were taken with.

        value:         what the mean is taken of; None is `key`
        mask:          boolean (True attends) or additive, broadcast to [batch, q_len, k_len];
                       a query that may look at nothing gets zeros
        projected_key: `from_key(key)`, if the caller has it from an earlier step

        Raises ShapeError: the mask does not fit.
        """
        check_mask(mask, (len(query), query.shape[1], key.shape[1]))
        keys = self.from_key(key) if projected_key is None else projected_key
        # (batch, q_len, 1, d_score) + (batch, 1, k_len, d_score)
        hidden = torch.tanh(self.from_query(query)[:, :, None] + keys[:, None])
        weights = weights_of_scores(self.score(hidden).squeeze(-1), mask)
        return weights @ (key if value is None else value), weights
