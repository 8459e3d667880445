"""Attention in blocks of queries, so that no pass over the scores leaves the processor's cache.

A matrix of scores has q_len · k_len numbers for each head, and whoever computes it whole writes and
reads it several times through memory. Here a block of it, some queries of some heads, is computed,
made a softmax in place and multiplied by the values while it is still in the cache. Without
gradients a block is all that is held; with them the softmax is written once and read once.

The idea is that of Dao et al., 2022, "FlashAttention: fast and memory-efficient exact attention
with IO-awareness"; their kernel also cuts the keys, and rather than keep the softmax it computes
it again going back, which pays where arithmetic is cheaper than on a processor.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["BLOCK", "blockwise_attention"]

BLOCK = 1 << 18  # numbers of a block of scores: a megabyte in float32

_softmax = torch.ops.aten._softmax.out
_softmax_backward = torch.ops.aten._softmax_backward_data.out


def blockwise_attention(
    query: Float[Tensor, "batch heads q_len d_head"],
    key: Float[Tensor, "batch kv_heads k_len d_head"],
    value: Float[Tensor, "batch kv_heads k_len d_value"],
    bias: Tensor | None = None,
) -> Float[Tensor, "batch heads q_len d_value"]:
    """Return softmax(Q Kᵀ + bias) V; whoever wants Q scaled has scaled it.

    `bias` is broadcast to [batch, heads, q_len, k_len]; heads of queries share those of keys in
    turn. Gradients flow to everything, and once: there are no second derivatives.
    """
    batch, heads, q_len, _ = query.shape
    kv_heads, k_len = key.shape[1:3]
    groups = (kv_heads, heads // kv_heads)
    if bias is not None:
        bias = torch.unflatten(bias.expand(batch, heads, q_len, k_len), 1, groups)
    inputs = (torch.unflatten(query, 1, groups), key, value, bias)
    keep = torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs)
    run: Any = _BlockwiseAttention.apply  # torch has no types for it
    output: Tensor = run(*inputs, keep)
    return output.flatten(1, 2)


class _BlockwiseAttention(torch.autograd.Function):
    """Queries are [batch, kv_heads, group, q_len, d_head]: those of a group share their keys."""

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None, keep: bool
    ) -> Tensor:
        """Return the means of the values, and keep the blocks of the softmax for `backward`."""
        output = query.new_empty(*query.shape[:-1], value.shape[-1])
        spare = query.new_empty(0 if keep else max(BLOCK, query.shape[2] * key.shape[2]))
        kept = []
        cut = _Cut(query, key)
        biases = itertools.repeat(None) if bias is None else cut.by_steps(bias)
        sides = (cut.by_steps(query), cut.by_heads(key), cut.by_heads(value), cut.by_steps(output))
        for rows, keys, values, out, added in zip(*sides, biases, strict=False):
            flat = rows.flatten(1, 2)
            shape = (*flat.shape[:2], keys.shape[1])
            scores = query.new_empty(shape) if keep else _start_of(spare, shape)
            torch.bmm(flat, keys.transpose(1, 2), out=scores)
            if added is not None:
                scores.view(added.shape).add_(added)
            _softmax(scores, -1, False, out=scores)
            out.copy_(torch.bmm(scores, values).view(out.shape))
            if keep:
                kept.append(scores)
        ctx.save_for_backward(query, key, value, *kept)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients by queries, keys, values and the bias."""
        query, key, value, *kept = ctx.saved_tensors
        cut = _Cut(query, key)
        grad_query = query.new_empty(query.shape)
        grad_key, grad_value = key.new_zeros(key.shape), value.new_zeros(value.shape)
        grad_bias = query.new_empty(
            *query.shape[:-1], key.shape[2] if ctx.needs_input_grad[3] else 0
        )
        spare = query.new_empty(max(weights.numel() for weights in kept))
        by_steps = map(cut.by_steps, (query, grad_output, grad_query, grad_bias))
        by_heads = map(cut.by_heads, (key, value, grad_key, grad_value))
        for weights, rows, grad, to_rows, to_bias, keys, values, to_keys, to_values in zip(
            kept, *by_steps, *by_heads, strict=True
        ):
            flat_grad = grad.flatten(1, 2)
            to_values.baddbmm_(weights.transpose(1, 2), flat_grad)
            scores = _start_of(spare, weights.shape)  # their gradient
            torch.bmm(flat_grad, values.transpose(1, 2), out=scores)
            _softmax_backward(scores, weights, -1, weights.dtype, grad_input=scores)
            if ctx.needs_input_grad[3]:
                to_bias.copy_(scores.view(to_bias.shape))
            to_rows.copy_(torch.bmm(scores, keys).view(rows.shape))
            to_keys.baddbmm_(scores.transpose(1, 2), rows.flatten(1, 2))
        by_bias = grad_bias if ctx.needs_input_grad[3] else None
        return grad_query, grad_key, grad_value, by_bias, None


class _Cut:
    """How a batch is cut: some heads of keys of one text, some steps of their queries.

    A block has BLOCK scores or fewer; but a step is never cut, however many keys it has.
    """

    def __init__(self, query: Tensor, key: Tensor) -> None:
        _, _, group, q_len, _ = query.shape
        width = group * key.shape[2]  # scores of a step
        self._steps = max(1, min(q_len, BLOCK // width))
        self._heads = max(1, BLOCK // (self._steps * width))
        self._times = -(-q_len // self._steps)

    def by_heads(self, x: Tensor) -> list[Tensor]:
        """Return what each block sees of keys or values, as views."""
        parts = [part for text in x.unbind(0) for part in torch.split(text, self._heads)]
        return [part for part in parts for _ in range(self._times)]

    def by_steps(self, x: Tensor) -> list[Tensor]:
        """Return what each block sees of [batch, kv_heads, group, q_len, …], as views."""
        parts = [part for text in x.unbind(0) for part in torch.split(text, self._heads)]
        return [piece for part in parts for piece in torch.split(part, self._steps, dim=2)]


def _start_of(spare: Tensor, shape: Sequence[int]) -> Tensor:
    """Return a buffer's first numbers in a shape: memory that the cache holds already."""
    return spare[: math.prod(shape)].view(*shape)
