"""Attention as functions: against SDPA, loops over queries and finite differences; masks."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from praktikum.sequence import (
    AdditiveAttention,
    causal_mask,
    combine_masks,
    dot_product_attention,
    padding_mask,
)
from praktikum.sequence.errors import SettingError, ShapeError


def random_inputs(heads=4, kv_heads=4, q_len=5, k_len=7, dtype=torch.float64):
    """Return a query, keys and values of two sequences that ask for gradients."""
    shapes = ((2, heads, q_len, 8), (2, kv_heads, k_len, 8), (2, kv_heads, k_len, 8))
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def mask_of(kind, q_len=5, k_len=7):
    """Return a mask for two sequences and four heads in which every query sees the first key."""
    kept = torch.rand(2, 4, q_len, k_len) < 0.5
    kept[..., 0] = True
    biases = torch.randn(4, q_len, k_len, dtype=torch.float64)
    return {
        "none": None,
        "boolean": kept,
        "one for all": kept[0, 0],
        "padding": padding_mask(torch.tensor([3, k_len]), k_len),
        "additive": biases,
        "additive with infinities": biases.masked_fill(~kept, -math.inf),
    }[kind]


def assert_same_with_gradients(found, expected, leaves, tolerance=1e-12):
    """Compare two tensors, and the gradients of a random product with them."""
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)
    weight = torch.randn_like(expected)
    grads = [torch.autograd.grad((x * weight).sum(), leaves) for x in (found, expected)]
    for one, two in zip(*grads, strict=True):
        torch.testing.assert_close(one, two, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
@pytest.mark.parametrize(
    "kind",
    ["none", "boolean", "one for all", "padding", "additive", "additive with infinities"],
)
def test_values_and_gradients_are_those_of_sdpa(kind, kv_heads, dtype):
    torch.manual_seed(0)
    inputs, mask = random_inputs(kv_heads=kv_heads, dtype=dtype), mask_of(kind)
    mask = mask.to(dtype) if mask is not None and mask.dtype != torch.bool else mask
    found, _ = dot_product_attention(*inputs, mask)
    expected = functional.scaled_dot_product_attention(*inputs, attn_mask=mask, enable_gqa=True)
    assert_same_with_gradients(found, expected, inputs, 1e-12 if dtype == torch.float64 else 3e-6)


def test_causal_with_as_many_keys_is_that_of_sdpa():
    torch.manual_seed(0)
    inputs = random_inputs(q_len=6, k_len=6)
    found, _ = dot_product_attention(*inputs, causal=True, scale=0.3)
    expected = functional.scaled_dot_product_attention(*inputs, is_causal=True, scale=0.3)
    assert_same_with_gradients(found, expected, inputs)


def test_causal_queries_are_the_last_of_the_keys():
    torch.manual_seed(0)
    query, key, value = random_inputs(q_len=6, k_len=6)
    whole, _ = dot_product_attention(query, key, value, causal=True)
    last, _ = dot_product_attention(query[:, :, 4:], key, value, causal=True)
    torch.testing.assert_close(last, whole[:, :, 4:])


@given(st.integers(1, 6), st.integers(0, 6), st.integers(1, 8))
def test_a_window_shows_a_query_itself_and_what_is_just_before(q_len, earlier, window):
    mask = causal_mask(q_len, q_len + earlier, window)
    for row in range(q_len):
        now = row + earlier
        seen = [now - window < step <= now for step in range(q_len + earlier)]
        assert mask[row].tolist() == seen


@settings(max_examples=30)
@given(st.integers(0, 2**20 - 1), st.booleans())
def test_a_query_with_nothing_to_attend_gives_and_gets_zeros(bits, additive):
    torch.manual_seed(0)
    kept = torch.tensor([bits >> i & 1 for i in range(20)], dtype=torch.bool).view(1, 1, 5, 4)
    kept[0, 0, 2] = False
    inputs = random_inputs(heads=2, kv_heads=1, k_len=4)
    mask = torch.zeros(kept.shape, dtype=torch.float64).masked_fill(~kept, -math.inf)
    output, weights = dot_product_attention(*inputs, mask if additive else kept, need_weights=True)
    grads = torch.autograd.grad(output.square().sum(), inputs)
    empty = ~kept.any(-1)[0, 0]
    assert not output[:, :, empty].any()
    assert not weights[:, :, empty].any()
    assert not grads[0][:, :, empty].any()
    assert all(grad.isfinite().all() for grad in grads)
    # The queries that do see something are those of SDPA when they stand alone.
    query = inputs[0][:, :, ~empty]
    alone = functional.scaled_dot_product_attention(
        query, *inputs[1:], attn_mask=kept[:, :, ~empty], enable_gqa=True
    )
    torch.testing.assert_close(output[:, :, ~empty], alone)


@pytest.mark.parametrize(("q_len", "k_len"), [(5, 0), (0, 7)])
def test_without_keys_queries_get_zeros_and_without_queries_there_is_nothing(q_len, k_len):
    inputs = random_inputs(kv_heads=2, q_len=q_len, k_len=k_len)
    output, _ = dot_product_attention(*inputs, causal=True)
    assert torch.equal(output, torch.zeros(2, 4, q_len, 8, dtype=torch.float64))
    output.sum().backward()
    assert not any(tensor.grad.any() for tensor in inputs)


def test_gradients_by_an_additive_mask_are_those_of_finite_differences():
    torch.manual_seed(0)
    inputs = random_inputs(heads=2, kv_heads=2, q_len=2, k_len=3)
    bias = torch.randn(2, 2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda *args: dot_product_attention(*args)[0], (*inputs, bias), fast_mode=True
    )


def test_weights_are_a_mean_of_what_may_be_seen():
    torch.manual_seed(0)
    query, key, value = random_inputs()
    output, weights = dot_product_attention(
        query, key, value, mask_of("boolean"), need_weights=True
    )
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 5, dtype=torch.float64))
    torch.testing.assert_close(weights @ value, output)
    assert dot_product_attention(query, key, value)[1] is None


def test_dropout_zeroes_weights_and_keeps_the_mean():
    torch.manual_seed(0)
    query, key, _ = random_inputs(q_len=400, k_len=50)
    one_hot = torch.eye(50, dtype=torch.float64).expand(2, 4, 50, 50)
    chance = torch.Generator().manual_seed(1)
    dropped, weights = dot_product_attention(
        query, key, one_hot, dropout=0.25, generator=chance, need_weights=True
    )
    gone = dropped == 0
    assert abs(gone.double().mean() - 0.25) < 0.005
    torch.testing.assert_close(dropped[~gone], (weights / 0.75)[~gone])


def test_masks_together_keep_away_what_any_keeps_away():
    padding, causal = padding_mask(torch.tensor([1, 3]), 3), causal_mask(3)
    boolean = combine_masks(padding, None, causal)
    assert boolean.dtype == torch.bool
    bias = torch.randn(3, 3)
    additive = combine_masks(padding, bias, causal)
    for b, q, k in np.ndindex(2, 3, 3):
        sees = k <= q and k < (1, 3)[b]
        assert boolean[b, 0, q, k] == sees
        assert additive[b, 0, q, k] == (bias[q, k] if sees else -math.inf)
    assert combine_masks(None, None) is None


def test_additive_attention_is_that_of_the_formula():
    torch.manual_seed(0)
    layer = AdditiveAttention(3, 4, 5).double()
    query, key, value = (torch.randn(2, *shape).double() for shape in ((2, 3), (6, 4), (6, 7)))
    mask = padding_mask(torch.tensor([6, 2]), 6)[:, 0]
    output, weights = layer(query, key, value, mask)
    W, U, v = (p.detach().numpy() for p in layer.parameters())
    for b, t in np.ndindex(2, 2):
        seen = key[b, : (6, 2)[b]].numpy()
        scores = np.array([v[0] @ np.tanh(W @ query[b, t].numpy() + U @ k) for k in seen])
        share = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(weights[b, t, : len(seen)].detach(), share, rtol=1e-12)
        expected = share @ value[b, : len(seen)].numpy()
        np.testing.assert_allclose(output[b, t].detach(), expected, rtol=1e-12)


def test_additive_attention_takes_keys_that_are_projected_already():
    torch.manual_seed(0)
    layer = AdditiveAttention(3, 4, 5)
    query, key = torch.randn(2, 2, 3), torch.randn(2, 6, 4)
    expected = layer(query, key)
    found = layer(query, key, projected_key=layer.from_key(key))
    torch.testing.assert_close(found, expected)


def test_additive_attention_to_nothing_gives_and_gets_zeros():
    torch.manual_seed(0)
    layer = AdditiveAttention(3, 4, 5)
    key = torch.randn(2, 6, 4, requires_grad=True)
    mask = padding_mask(torch.tensor([6, 0]), 6)[:, 0]
    output, weights = layer(torch.randn(2, 2, 3), key, mask=mask)
    output.square().sum().backward()
    assert not output[1].any()
    assert not weights[1].any()
    assert not key.grad[1].any()
    assert all(p.grad.isfinite().all() and p.grad.any() for p in layer.parameters())


@pytest.mark.parametrize(
    ("mask", "told"),
    [
        (torch.ones(2, 7, dtype=torch.bool), r"\[2, 4, 5, 7\], got \[2, 7\]; a mask of padding"),
        (torch.ones(5, 7, dtype=torch.int64), "boolean .* or floating .*, got torch.int64"),
    ],
)
def test_a_mask_that_does_not_fit_is_told_of(mask, told):
    with pytest.raises(ShapeError, match=told):
        dot_product_attention(*random_inputs(), mask)


def test_heads_a_window_and_a_dropout_out_of_range_are_told_of():
    with pytest.raises(ShapeError, match="3 heads of keys must divide 4 heads of queries"):
        dot_product_attention(*random_inputs(kv_heads=3))
    with pytest.raises(SettingError, match="window is a number of keys and must be 1 or more"):
        causal_mask(3, window=0)
    with pytest.raises(SettingError, match="0 <= dropout < 1, got 1"):
        dot_product_attention(*random_inputs(), dropout=1)
