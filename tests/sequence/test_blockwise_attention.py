"""Attention in blocks is attention, wherever the cuts are."""

import pytest
import torch
from torch.nn import functional

from praktikum.sequence import (
    RelativeMultiHeadAttention,
    attention,
    blockwise_attention,
    dot_product_attention,
    padding_mask,
)
from praktikum.sequence.blockwise_attention import blockwise_attention as in_blocks

BATCH, KV_HEADS, Q_LEN, K_LEN = 2, 4, 5, 7
SIZES = [1, 2 * K_LEN, 3 * Q_LEN * K_LEN, 1 << 18]  # a step, two, three heads, a text at a time


def leaves(group=1, bias=(BATCH, KV_HEADS, Q_LEN, K_LEN), seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(BATCH, KV_HEADS * group, Q_LEN, 3), (BATCH, KV_HEADS, K_LEN, 3)]
    shapes += [(BATCH, KV_HEADS, K_LEN, 2), (bias[0], bias[1] * group, *bias[2:])]
    return [
        torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in shapes
    ]


@pytest.mark.parametrize("block", SIZES)
@pytest.mark.parametrize("group", [1, 3])
@pytest.mark.parametrize("bias", [(BATCH, KV_HEADS, Q_LEN, K_LEN), (1, KV_HEADS, 1, K_LEN)])
def test_blocks_agree_with_torch_in_values_and_gradients(block, group, bias, monkeypatch):
    monkeypatch.setattr(blockwise_attention, "BLOCK", block)
    inputs = leaves(group, bias)
    query, key, value, added = inputs
    ours = in_blocks(query, key, value, added)
    theirs = functional.scaled_dot_product_attention(
        query, key, value, added.expand(BATCH, -1, Q_LEN, -1), scale=1.0, enable_gqa=True
    )
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    grad = torch.randn_like(ours)
    torch.testing.assert_close(
        torch.autograd.grad(ours, inputs, grad),
        torch.autograd.grad(theirs, inputs, grad),
        rtol=0,
        atol=1e-12,
    )
    with torch.no_grad():
        torch.testing.assert_close(in_blocks(*inputs), theirs, rtol=0, atol=1e-12)


@pytest.fixture
def small_blocks(monkeypatch):
    """Matrices of any size go in blocks, of two steps and fewer."""
    for module in (attention, blockwise_attention):
        monkeypatch.setattr(module, "BLOCK", 2 * K_LEN)


@pytest.mark.usefixtures("small_blocks")
def test_a_query_that_may_look_at_nothing_gets_zeros_from_blocks_too():
    query, key, value, _ = leaves()
    mask = padding_mask(torch.tensor([K_LEN, 0]), K_LEN)
    output, _ = dot_product_attention(query, key, value, mask)
    whole, _ = dot_product_attention(query, key, value, mask, need_weights=True)
    assert output[1].abs().max() == 0
    torch.testing.assert_close(output, whole, rtol=0, atol=1e-12)
    for grad in torch.autograd.grad(output.sum(), (query, key, value)):
        assert grad[1].abs().max() == 0
        assert grad.isfinite().all()


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("causal", [False, True])
def test_relative_positions_learn_the_same_from_blocks(causal):
    torch.manual_seed(0)
    layer = RelativeMultiHeadAttention(8, 2).double()
    x = torch.randn(2, 6, 8, dtype=torch.float64)
    results = []
    for need_weights in (False, True):  # the map is made whole
        output, _ = layer(x, causal=causal, need_weights=need_weights)
        results.append([output, *torch.autograd.grad(output.square().sum(), layer.parameters())])
    torch.testing.assert_close(*results, rtol=0, atol=1e-12)
