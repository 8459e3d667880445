"""Transformer-XL's attention: scores by content and by distance, each with a bias of its own.

Dai et al., 2019, "Transformer-XL: attentive language models beyond a fixed-length context",
section 3.3: the score of query i and key j is ((q_i + u)ᵀ k_j + (q_i + v)ᵀ W_r R_{i-j}) / √d, where
R is the sinusoid of the distance, W_r a projection, and u and v are learned for each head. XLNet
and the Conformer use the same.

Products with all distances make a matrix in which the row of query i is to be moved left by its
step (appendix B). Nothing is moved here: with a row's stride one shorter, the same numbers in
memory read as the matrix that is wanted.
"""

import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .absolute_positions import sinusoids
from .attention import attend_heads, check_mask
from .attention_masks import causal_mask, combine_masks
from .errors import SettingError
from .multihead_attention import MultiHeadAttention

__all__ = ["RelativeMultiHeadAttention", "skew"]


def skew(
    by_distance: Float[Tensor, "batch heads q_len all_distances"], k_len: int
) -> Float[Tensor, "batch heads q_len {k_len}"]:
    """Return out[i, j] = by_distance[i, j - i + q_len - 1], as a view.

    The columns are distances from the largest, k_len - 1, of the last query to the first key, to
    the smallest, 1 - q_len: q_len + k_len - 1 of them. The queries are the last of the keys.
    """
    by_distance = by_distance.contiguous()
    _, heads, q_len, width = by_distance.shape
    return by_distance.as_strided(
        (*by_distance.shape[:3], k_len),
        (heads * q_len * width, q_len * width, width - 1, 1),
        by_distance.storage_offset() + q_len - 1,
    )


class RelativeMultiHeadAttention(MultiHeadAttention):
    """Multi-head self-attention with Transformer-XL's relative positions.

    d_model, n_heads: as in `MultiHeadAttention`
    settings:         its others, without `rotary` and `n_kv_heads`

    Keys may be more than queries (a cache, a memory of the segment before); queries are the last.
    Its own parameters are `position_proj.weight`, W_r, and `content_bias` and `position_bias`, u
    and v, [n_heads, d_head].

    Raises SettingError: an odd `d_model`, and what `MultiHeadAttention` raises.
    """

    def __init__(self, d_model: int, n_heads: int, **settings: Any) -> None:
        wrong = {"n_kv_heads", "rotary"} & set(settings)
        if wrong or d_model % 2:
            told = ", ".join(sorted(wrong)) or f"an odd d_model={d_model}"
            raise SettingError(f"relative attention does not go with {told}; leave it out")
        super().__init__(d_model, n_heads, **settings)
        self.d_model = d_model
        self.position_proj = nn.Linear(d_model, d_model, bias=False)
        self.content_bias = nn.Parameter(torch.empty(n_heads, self.d_head))
        self.position_bias = nn.Parameter(torch.empty(n_heads, self.d_head))
        for parameter in (self.position_proj.weight, self.content_bias, self.position_bias):
            nn.init.xavier_uniform_(parameter)

    def attend(
        self,
        query: Float[Tensor, "batch n_heads q_len d_head"],
        key: Float[Tensor, "batch n_heads k_len d_head"],
        value: Float[Tensor, "batch n_heads k_len d_head"],
        mask: Tensor | None,
        causal: bool,
        need_weights: bool,
    ) -> tuple[
        Float[Tensor, "batch n_heads q_len d_head"],
        Float[Tensor, "batch n_heads q_len k_len"] | None,
    ]:
        """Return the attention of projected heads by content and distance, and its map if needed.

        The score of query i and key j is ((q_i + u)ᵀ k_j + (q_i + v)ᵀ W_r R_{i-j}) / √d_head with
        u `content_bias` and v `position_bias`; the queries are the last q_len of the k_len steps.
        Softmax over keys, mask and dropout are those of `attend_heads`, which takes queries that
        are scaled already and a bias to add to their products with the keys. The mask is broadcast
        to [batch, heads, q_len, k_len]; `causal` keeps later keys away, too.
        """
        batch, heads, q_len, d_head = query.shape
        k_len = key.shape[2]
        check_mask(mask, (batch, heads, q_len, k_len))
        if causal:
            mask = combine_masks(mask, causal_mask(q_len, k_len, device=query.device))
        scale = 1 / math.sqrt(d_head)
        by_content = (query + self.content_bias[:, None]) * scale
        by_distance = (query + self.position_bias[:, None]) * scale
        positions = self.project_distances(q_len, k_len)  # (heads, d_head, distances)
        # One product for each head: distances are the same in the whole batch.
        products = torch.bmm(by_distance.transpose(0, 1).flatten(1, 2), positions)
        products = products.view(heads, batch, q_len, -1)
        bias = skew(products, k_len).transpose(0, 1)
        dropout = self.dropout if self.training else 0.0
        return attend_heads(
            by_content, key, value, bias, mask, dropout, self.generator, need_weights
        )

    def project_distances(
        self, q_len: int, k_len: int
    ) -> Float[Tensor, "n_heads d_head all_distances"]:
        """Return W_r R of the distances k_len - 1, …, 1 - q_len, as heads see them.

        R are the sinusoids of a distance, `sinusoids(distances, d_model)`, W_r is `position_proj`.
        Head number h has the numbers h · d_head … (h + 1) · d_head - 1 of the projection.
        """
        steps = torch.arange(k_len - 1, -q_len, -1, dtype=torch.float64)
        weight = self.position_proj.weight
        table = sinusoids(steps, self.d_model).to(weight.device, weight.dtype)
        heads: Tensor = self.position_proj(table).view(len(steps), self.n_heads, self.d_head)
        return heads.permute(1, 2, 0)
