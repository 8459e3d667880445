"""Positions: against closed forms, transformers' layers and loops over pairs."""

import cmath
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import GPTJConfig, T5Config, XLNetConfig
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.gptj.modeling_gptj import (
    apply_rotary_pos_emb,
    create_sinusoidal_positions,
)
from transformers.models.t5.modeling_t5 import T5Attention
from transformers.models.xlnet.modeling_xlnet import XLNetModel, XLNetRelativeAttention

from praktikum.sequence import (
    KeyValueCache,
    LearnedPositions,
    RelativeMultiHeadAttention,
    RotaryPositions,
    SinusoidalPositions,
    T5Bias,
    alibi_bias,
    causal_mask,
    combine_masks,
    dot_product_attention,
)
from praktikum.sequence.errors import SettingError, ShapeError
from praktikum.sequence.position_biases import alibi_slopes, t5_buckets
from praktikum.sequence.relative_attention import skew


@given(st.integers(0, 5000), st.integers(0, 3))
def test_sinusoids_are_those_of_the_paper(offset, i):
    positions = SinusoidalPositions(8)(torch.zeros(2, 3, 8, dtype=torch.float64), offset)
    for t in range(3):
        angle = (offset + t) / 10_000 ** (2 * i / 8)
        expected = [math.sin(angle), math.cos(angle)]
        assert positions[1, t, 2 * i : 2 * i + 2].tolist() == pytest.approx(expected, abs=1e-12)


def test_positions_are_added_to_embeddings():
    torch.manual_seed(0)
    x, learned = torch.randn(2, 3, 8), LearnedPositions(5, 8)
    for positions in (SinusoidalPositions(8), learned):
        torch.testing.assert_close(positions(x, 2) - positions(torch.zeros_like(x), 2), x)
    rows = torch.nn.functional.embedding(torch.arange(2, 5), learned.weight)
    torch.testing.assert_close(learned(x, offset=2), x + rows)


def test_a_text_longer_than_the_learned_table_is_told_of():
    with pytest.raises(ShapeError, match="there are learned positions for 5 steps, got 6; cut"):
        LearnedPositions(5, 8)(torch.zeros(1, 4, 8), offset=2)


@pytest.mark.parametrize("neighbours", [True, False])
def test_rotary_positions_turn_points_of_a_plane(neighbours):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 6, dtype=torch.float64)
    turned = RotaryPositions(6, base=100.0, neighbours=neighbours)(x, offset=5)
    for b, h, t, i in np.ndindex(2, 3, 4, 3):
        real, imaginary = (2 * i, 2 * i + 1) if neighbours else (i, i + 3)
        point = complex(x[b, h, t, real], x[b, h, t, imaginary])
        point *= cmath.exp(1j * (5 + t) * 100.0 ** (-2 * i / 6))
        found = complex(turned[b, h, t, real], turned[b, h, t, imaginary])
        assert found == pytest.approx(point, abs=1e-12)


def test_rotary_positions_of_neighbours_are_those_of_gpt_j():
    torch.manual_seed(0)
    config = GPTJConfig(rotary_dim=8)
    x = torch.randn(2, 9, 4, 8)  # (batch, time, heads, d_head), as GPT-J has it
    table = create_sinusoidal_positions(9, config.rotary_dim)[None]
    sin, cos = table.chunk(2, dim=-1)
    expected = apply_rotary_pos_emb(x, sin, cos).transpose(1, 2)
    found = RotaryPositions(8, neighbours=True)(x.transpose(1, 2))
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("neighbours", [True, False])
@given(step=st.integers(0, 3000), distance=st.integers(0, 50))
def test_a_product_of_turned_vectors_depends_on_their_distance(neighbours, step, distance):
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 1, 8, dtype=torch.float64, generator=generator)
    turn = RotaryPositions(8, neighbours=neighbours)
    here = (turn(q, step + distance) * turn(k, step)).sum()
    torch.testing.assert_close(here, (turn(q, distance) * turn(k, 0)).sum())


@pytest.mark.parametrize("n_heads", [1, 2, 4, 6, 8, 12, 14])
def test_alibi_is_that_of_bloom(n_heads):
    # BLOOM leaves out what a softmax does not see: a number for all keys of a query.
    ones = torch.ones(1, 10)
    theirs = build_alibi_tensor(ones, n_heads, torch.float32)  # (n_heads, 1, 10)
    causal = causal_mask(4, 10)
    ours = combine_masks(alibi_bias(n_heads, 4, 10), causal).softmax(-1)
    expected = theirs.expand(-1, 4, -1).masked_fill(~causal, -torch.inf).softmax(-1)
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-7)


def test_alibi_of_eight_heads_is_that_of_the_paper():
    assert alibi_slopes(8).tolist() == [2.0**-i for i in range(1, 9)]
    expected = [[0, -0.5, -1], [-0.5, 0, -0.5], [-1, -0.5, 0]]
    assert alibi_bias(8, 3)[0].tolist() == expected


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("n_buckets", "max_distance"), [(32, 128), (8, 20), (64, 500)])
def test_buckets_are_those_of_t5(n_buckets, max_distance, bidirectional):
    distance = torch.arange(-1000, 1001)
    expected = T5Attention._relative_position_bucket(
        distance, bidirectional, n_buckets, max_distance
    )
    found = t5_buckets(distance, n_buckets, max_distance, bidirectional)
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("is_decoder", [True, False])
def test_attention_with_t5s_bias_is_that_of_t5(is_decoder):
    torch.manual_seed(0)
    config = T5Config(d_model=16, d_kv=4, num_heads=4, is_decoder=is_decoder, dropout_rate=0)
    theirs = T5Attention(config, has_relative_attention_bias=True, layer_idx=0).eval()
    bias = T5Bias(4, bidirectional=not is_decoder)
    bias.weight.data.copy_(theirs.relative_attention_bias.weight)
    x = torch.randn(2, 60, 16)
    heads = (
        linear(x).unflatten(-1, (4, 4)).transpose(1, 2) for linear in (theirs.q, theirs.k, theirs.v)
    )
    mean, _ = dot_product_attention(*heads, bias(60), scale=1.0)
    found = theirs.o(mean.transpose(1, 2).flatten(2))
    torch.testing.assert_close(found, theirs(x)[0], rtol=1e-5, atol=1e-6)
    found.square().sum().backward()
    assert bias.weight.grad.any()


@pytest.mark.parametrize(("q_len", "k_len"), [(1, 1), (1, 5), (4, 4), (3, 7)])
def test_the_skew_moves_each_row_by_its_step_and_copies_nothing(q_len, k_len):
    torch.manual_seed(0)
    shape = (2, 3, q_len, q_len + k_len - 1)
    whole = torch.randn(3, *shape, dtype=torch.float64, requires_grad=True)
    by_distance = whole[1]  # does not begin where its storage does
    skewed = skew(by_distance, k_len)
    assert skewed.untyped_storage().data_ptr() == whole.untyped_storage().data_ptr()
    rows = [by_distance[:, :, i, q_len - 1 - i :][..., :k_len] for i in range(q_len)]
    expected = torch.stack(rows, dim=2)
    assert torch.equal(skewed, expected)
    weight = torch.randn_like(expected)
    grads = [torch.autograd.grad((x * weight).sum(), whole)[0] for x in (skewed, expected)]
    torch.testing.assert_close(*grads)


@pytest.mark.parametrize(("q_len", "k_len"), [(5, 5), (3, 8)])
def test_relative_attention_is_that_of_xlnet(q_len, k_len):
    torch.manual_seed(0)
    theirs, ours = pair_of_relative()
    x = torch.randn(2, k_len, 16, dtype=torch.float64, requires_grad=True)
    model = XLNetModel(XLNetConfig(d_model=16, n_head=2, n_layer=0, d_inner=4, vocab_size=4))
    table = model.relative_positional_encoding(q_len, k_len, bsz=2)
    time_first = x.transpose(0, 1)
    q, k, v = (torch.einsum("ibh,hnd->ibnd", time_first, getattr(theirs, c)) for c in "qkv")
    r = torch.einsum("ibh,hnd->ibnd", table.double(), theirs.r)
    mean = theirs.rel_attn_core(q[-q_len:], k, v, r)
    expected = torch.einsum("ibnd,hnd->bih", mean, theirs.o)
    found, _ = ours(x[:, -q_len:], x)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
    grads = [torch.autograd.grad(y.sin().sum(), x)[0] for y in (found, expected)]
    torch.testing.assert_close(*grads, rtol=1e-5, atol=1e-6)


def pair_of_relative():
    """Return XLNet's attention and ours with the same weights, 16 numbers in 2 heads."""
    theirs = XLNetRelativeAttention(XLNetConfig(d_model=16, n_head=2, dropout=0.0)).double()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    ours = RelativeMultiHeadAttention(16, 2, bias=False).double()
    # XLNet has all sines before all cosines.
    alternating = torch.arange(16).view(2, 8).T.flatten()
    state = {
        "q_proj.weight": theirs.q.flatten(1).T,
        "k_proj.weight": theirs.k.flatten(1).T,
        "v_proj.weight": theirs.v.flatten(1).T,
        "out_proj.weight": theirs.o.flatten(1),
        "position_proj.weight": theirs.r.flatten(1).T[:, alternating],
        "content_bias": theirs.r_w_bias,
        "position_bias": theirs.r_r_bias,
    }
    ours.load_state_dict(state)
    return theirs, ours


def test_relative_attention_with_a_cache_gives_what_the_whole_gives():
    torch.manual_seed(0)
    layer, cache = RelativeMultiHeadAttention(8, 2).double(), KeyValueCache()
    x = torch.randn(2, 6, 8, dtype=torch.float64)
    with torch.no_grad():
        whole, maps = layer(x, causal=True, need_weights=True)
        parts = [layer(part, causal=True, cache=cache)[0] for part in x.split([3, 1, 2], dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    assert not maps.triu(1).any()


def test_relative_attention_to_nothing_gives_zeros_and_finite_gradients():
    torch.manual_seed(0)
    layer = RelativeMultiHeadAttention(8, 2)
    mask = torch.ones(4, 4, dtype=torch.bool)
    mask[1] = False
    output, _ = layer(torch.randn(2, 4, 8), mask=mask)
    assert not output[:, 1].any()  # the bias of out_proj begins as zeros
    output.square().sum().backward()
    assert all(p.grad.isfinite().all() for p in layer.parameters())


def test_what_is_out_of_range_is_told_of():
    with pytest.raises(SettingError, match="d_head must be even to be turned in pairs, got 5"):
        RotaryPositions(5)
    with pytest.raises(SettingError, match="d_model must be even, a sine and a cosine"):
        SinusoidalPositions(5)
    with pytest.raises(SettingError, match="n_buckets=32 has 8 .* max_distance=8 must be above"):
        T5Bias(4, max_distance=8)
    with pytest.raises(SettingError, match="relative attention does not go with rotary"):
        RelativeMultiHeadAttention(8, 2, rotary=None)
