"""Attention: each query takes a mean of the values, weighted by how well the keys fit it.

Scaled dot products: Vaswani et al., 2017, "Attention is all you need", equation 1,
softmax(Q Kᵀ / √d) V. Grouped queries: Ainslie et al., 2023, "GQA", where several heads of queries
share a head of keys and values; Shazeer's multi-query attention is the case of a single one.

The scores are there as a matrix of q_len × k_len, to be read and drawn, unless nobody asks for it
and it is too big for the processor's cache: see `blockwise_attention`. Batch and heads are one axis
of a `bmm`, and the queries of a group lie under one another, so shared keys are never copied.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from .attention_masks import bias_and_empty_rows, causal_mask, combine_masks
from .blockwise_attention import BLOCK, blockwise_attention
from .errors import ShapeError
from .masks import check_probability, dropout_mask

__all__ = ["attend_heads", "check_mask", "dot_product_attention", "weights_of_scores"]


def dot_product_attention(
    query: Float[Tensor, "batch heads q_len d_head"],
    key: Float[Tensor, "batch kv_heads k_len d_head"],
    value: Float[Tensor, "batch kv_heads k_len d_value"],
    mask: Tensor | None = None,
    *,
    causal: bool = False,
    scale: float | None = None,
    dropout: float = 0.0,
    generator: torch.Generator | None = None,
    need_weights: bool = False,
) -> tuple[
    Float[Tensor, "batch heads q_len d_value"], Float[Tensor, "batch heads q_len k_len"] | None
]:
    """Return softmax(scale · Q Kᵀ + mask) V, and the softmax itself if it is asked for.

    mask:      what `attention_masks` tells of, broadcast to [batch, heads, q_len, k_len]
    causal:    whether keys later than the query are kept away; the last query sees every key
    scale:     None is 1/√d_head
    dropout:   probability of dropping a weight; the weights returned are those before it
    generator: where the dropout is drawn from; None is torch's own

    Heads of queries share those of keys in turn: with 4 and 2 the first two share the first.
    A query that may look at nothing gets zeros.

    Raises ShapeError: kv_heads does not divide heads, or the mask does not fit. SettingError: a
    dropout outside [0, 1).
    """
    batch, heads, q_len, d_head = query.shape
    kv_heads, k_len = key.shape[1:3]
    if kv_heads == 0 or heads % kv_heads:
        raise ShapeError(f"{kv_heads} heads of keys must divide {heads} heads of queries")
    check_mask(mask, (batch, heads, q_len, k_len))
    check_probability("dropout", dropout)
    if causal:
        mask = combine_masks(mask, causal_mask(q_len, k_len, device=query.device))
    scale = 1 / math.sqrt(d_head) if scale is None else scale
    return attend_heads(query * scale, key, value, None, mask, dropout, generator, need_weights)


def attend_heads(
    query: Float[Tensor, "batch heads q_len d_head"],
    key: Float[Tensor, "batch kv_heads k_len d_head"],
    value: Float[Tensor, "batch kv_heads k_len d_value"],
    bias: Float[Tensor, "batch heads q_len k_len"] | None,
    mask: Tensor | None,
    dropout: float,
    generator: torch.Generator | None,
    need_weights: bool,
) -> tuple[
    Float[Tensor, "batch heads q_len d_value"], Float[Tensor, "batch heads q_len k_len"] | None
]:
    """Return softmax(Q Kᵀ + bias + mask) V and the softmax if it is needed.

    For those who have checked what came and scaled the queries; `bias` may be learned.
    """
    empty = None
    if mask is not None:
        kept_away, empty = bias_and_empty_rows(mask, query.dtype)
        bias = kept_away if bias is None else bias + kept_away
    weights = None
    if not dropout and not need_weights and _goes_in_blocks(query, key):
        output = blockwise_attention(query, key, value, bias)
    else:
        weights = weights_of_heads(query, key, bias)
        used = weights * dropout_mask(weights, dropout, generator) if dropout else weights
        values = value.flatten(0, 1)  # (batch * kv_heads, k_len, d_value)
        group, q_len, k_len = query.shape[1] // value.shape[1], *weights.shape[2:]
        output = torch.bmm(used.view(len(values), group * q_len, k_len), values)
        output = output.view(*query.shape[:-1], value.shape[-1])
    if empty is not None:  # rows of the output are far fewer numbers than those of the weights
        output = output.masked_fill(empty, 0.0)
        weights = weights.masked_fill(empty, 0.0) if need_weights and weights is not None else None
    return output, weights if need_weights else None


def weights_of_heads(
    query: Float[Tensor, "batch heads q_len d_head"],
    key: Float[Tensor, "batch kv_heads k_len d_head"],
    bias: Tensor | None,
) -> Float[Tensor, "batch heads q_len k_len"]:
    """Return softmax(Q Kᵀ + bias), whole."""
    batch, heads, q_len, d_head = query.shape
    kv_heads, k_len = key.shape[1:3]
    grouped = query.reshape(batch * kv_heads, heads // kv_heads * q_len, d_head)
    scores = torch.bmm(grouped, key.flatten(0, 1).transpose(1, 2))
    scores = scores.view(batch, heads, q_len, k_len)
    if bias is not None:
        scores.add_(bias)  # nobody else looks at them
    return scores.softmax(dim=-1)


def _goes_in_blocks(query: Tensor, key: Tensor) -> bool:
    """Whether a matrix of scores, of all heads of a text, is more than a processor's cache holds.

    Blocks are small, so a GPU would wait for their starts. Autocast and compilers see whole
    operators only.
    """
    device = query.device.type
    scores = query.shape[1] * query.shape[2] * key.shape[2]
    plain = not torch.is_autocast_enabled(device) and not torch.compiler.is_compiling()
    return device == "cpu" and scores > BLOCK and plain


def weights_of_scores(
    scores: Float[Tensor, "*batch q_len k_len"], mask: Tensor | None = None
) -> Float[Tensor, "*batch q_len k_len"]:
    """Return the softmax of masked scores over keys, with zeros where a query sees none."""
    if mask is None:
        return scores.softmax(dim=-1)
    bias, empty = bias_and_empty_rows(mask, scores.dtype)
    return (scores + bias).softmax(dim=-1).masked_fill(empty, 0.0)


def check_mask(mask: Tensor | None, wanted: tuple[int, ...]) -> None:
    """Raise ShapeError unless the mask can be broadcast to `wanted`, and is boolean or floating."""
    if mask is None:
        return
    if mask.dtype != torch.bool and not mask.is_floating_point():
        raise ShapeError(
            f"a mask is boolean (True attends) or floating (added to scores), got {mask.dtype}; "
            "convert it with mask.bool()"
        )
    fits = 2 <= mask.ndim <= len(wanted) and all(
        got in (1, size) for got, size in zip(mask.shape[::-1], wanted[::-1], strict=False)
    )
    if not fits:
        raise ShapeError(
            f"a mask must be broadcast to [batch, heads, q_len, k_len] = {list(wanted)}, got "
            f"{list(mask.shape)}; a mask of padding needs axes of size 1, as padding_mask makes"
            if len(wanted) == 4
            else f"a mask must be broadcast to {list(wanted)}, got {list(mask.shape)}"
        )
