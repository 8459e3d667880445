"""Who may look at whom: masks of attention, and how they are put together.

A mask has a row for each query and a column for each key, [q_len, k_len], with batch and heads
before them where they matter; it is broadcast to [batch, heads, q_len, k_len]. There are two sorts,
as in `F.scaled_dot_product_attention`:

- boolean: True attends (the opposite of `nn.MultiheadAttention`'s masks, where True is kept away);
- additive: a number is added to the score, and minus infinity keeps the key away. Biases by
  distance, such as ALiBi's, are additive masks.

A query that may look at no key gets zeros, and hands zeros back: the softmax of minus infinities
alone would be NaN, and in the backward pass that NaN would reach every weight.
"""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .errors import SettingError
from .lengths import mask_of_lengths

__all__ = ["additive_mask", "bias_and_empty_rows", "causal_mask", "combine_masks", "padding_mask"]


def causal_mask(
    q_len: int,
    k_len: int | None = None,
    window: int | None = None,
    device: torch.device | None = None,
) -> Bool[Tensor, "q_len k_len"]:
    """Return True where a key is not later than the query.

    The queries are the last `q_len` of `k_len` steps (None: all of them), as when the keys before
    them come from a cache; `F.scaled_dot_product_attention(is_causal=True)` counts from the first
    key instead. With `window` a query sees itself and the `window - 1` keys before it.

    Raises SettingError: a window below 1.

    >>> causal_mask(2, 4, window=2).int().tolist()
    [[0, 1, 1, 0], [0, 0, 1, 1]]
    """
    k_len = q_len if k_len is None else k_len
    steps = torch.arange(k_len, device=device)
    queries = torch.arange(k_len - q_len, k_len, device=device)[:, None]
    if window is None:
        return steps <= queries
    if window < 1:
        raise SettingError(f"window is a number of keys and must be 1 or more, got {window}")
    return (steps <= queries) & (steps > queries - window)


def padding_mask(lengths: Int[Tensor, " batch"], k_len: int) -> Bool[Tensor, "batch 1 1 k_len"]:
    """Return True at the keys that belong to a sequence and False at padding after it."""
    return mask_of_lengths(lengths, k_len).T[:, None, None, :]


def additive_mask(mask: Tensor, dtype: torch.dtype) -> Float[Tensor, "..."]:
    """Return the mask as numbers to add: a boolean one is 0 where it attends, else -inf."""
    if mask.dtype != torch.bool:
        return mask.to(dtype)
    return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, -math.inf)


def combine_masks(*masks: Tensor | None) -> Tensor | None:
    """Return one mask that keeps away what any of them keeps away, and adds what each adds.

    It is boolean where all are, additive where one is; None keeps nothing away.
    """
    combined = None
    for mask in masks:
        if mask is None or combined is None:
            combined = mask if combined is None else combined
        elif mask.dtype == combined.dtype == torch.bool:
            combined = combined & mask
        else:
            dtype = combined.dtype if combined.dtype != torch.bool else mask.dtype
            combined = additive_mask(combined, dtype) + additive_mask(mask, dtype)
    return combined


def bias_and_empty_rows(
    mask: Tensor, dtype: torch.dtype
) -> tuple[Float[Tensor, "*rows k_len"], Bool[Tensor, "*rows 1"]]:
    """Return the numbers to add to scores, and the rows that may look at nothing.

    In those rows the numbers are zeros, so that a softmax and its gradient are finite; whoever
    takes the softmax fills the rows with zeros after it.
    """
    bias = additive_mask(mask, dtype)
    empty = (bias == -math.inf).all(dim=-1, keepdim=True)
    return bias.masked_fill(empty, 0.0), empty
