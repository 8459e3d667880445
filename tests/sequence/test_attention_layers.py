"""Multi-head attention and its cache against torch's layer, transformers' and a whole pass."""

import pytest
import torch
from torch import nn
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRotaryEmbedding

from praktikum.sequence import (
    KeyValueCache,
    MultiHeadAttention,
    RotaryPositions,
    causal_mask,
    padding_mask,
)
from praktikum.sequence.errors import SettingError


def pair_of(**settings):
    """Return our layer and torch's, of 8 numbers in 2 heads, with the same weights."""
    names = {"d_key": "kdim", "d_value": "vdim"}
    theirs = nn.MultiheadAttention(
        8, 2, batch_first=True, **{names.get(name, name): v for name, v in settings.items()}
    ).double()
    for parameter in theirs.parameters():
        nn.init.normal_(parameter)  # torch's biases begin as zeros
    ours = MultiHeadAttention(8, 2, **settings).double()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def assert_same_with_gradients(found, expected, leaves):
    """Compare lists of tensors, and the gradients of random products with them."""
    weights = [torch.randn_like(tensor) for tensor in expected]
    grads = []
    for tensors in (found, expected):
        loss = sum((w * x).sum() for w, x in zip(weights, tensors, strict=True))
        grads.append(torch.autograd.grad(loss, leaves, retain_graph=True))
    pairs = zip([*found, *grads[0]], [*expected, *grads[1]], strict=True)
    for one, two in pairs:
        torch.testing.assert_close(one, two, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("bias", [True, False])
def test_self_attention_is_that_of_torch(bias):
    torch.manual_seed(0)
    ours, theirs = pair_of(bias=bias)
    x = torch.randn(3, 5, 8, dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([5, 2, 4])
    padding = padding_mask(lengths, 5)
    expected = theirs(
        x,
        x,
        x,
        key_padding_mask=~padding[:, 0, 0],
        attn_mask=~causal_mask(5),
        average_attn_weights=False,
    )
    found = ours(x, mask=padding, causal=True, need_weights=True)
    assert_same_with_gradients(found, expected, [x])


def test_cross_attention_between_sizes_is_that_of_torch_with_gradients_by_weights():
    torch.manual_seed(0)
    ours, theirs = pair_of(d_key=3, d_value=5)
    shapes = ((2, 4, 8), (2, 6, 3), (2, 6, 5))
    inputs = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    weight = torch.randn(2, 4, 8, dtype=torch.float64)
    for layer in (ours, theirs):
        (layer(*inputs)[0] * weight).sum().backward()
    torch.testing.assert_close(ours(*inputs)[0], theirs(*inputs)[0])
    q, k, v = (getattr(theirs, f"{letter}_proj_weight").grad for letter in "qkv")
    expected = [q, k, v, theirs.out_proj.weight.grad]
    projections = (ours.q_proj, ours.k_proj, ours.v_proj, ours.out_proj)
    for linear, grad in zip(projections, expected, strict=True):
        torch.testing.assert_close(linear.weight.grad, grad, rtol=1e-12, atol=1e-12)


def test_weights_of_torch_are_loaded_inside_a_model_and_what_is_missing_is_told():
    theirs = nn.Sequential(nn.Linear(8, 8), nn.MultiheadAttention(8, 2, bias=False))
    ours = nn.Sequential(nn.Linear(8, 8), MultiHeadAttention(8, 2, bias=False))
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours[1].v_proj.weight, theirs[1].in_proj_weight[16:])
    with pytest.raises(RuntimeError, match=r"1.q_proj.bias"):
        nn.Sequential(nn.Linear(8, 8), MultiHeadAttention(8, 2)).load_state_dict(
            theirs.state_dict()
        )
    own = MultiHeadAttention(8, 2, bias=False)
    own.load_state_dict(ours[1].state_dict())
    torch.testing.assert_close(own.state_dict(), ours[1].state_dict())


@pytest.mark.parametrize("n_kv_heads", [1, 2, 4])
def test_grouped_queries_with_rotary_positions_are_those_of_llama(n_kv_heads):
    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=32,
        num_attention_heads=4,
        num_key_value_heads=n_kv_heads,
        attn_implementation="eager",
    )
    theirs = LlamaAttention(config, layer_idx=0)
    ours = MultiHeadAttention(32, 4, n_kv_heads=n_kv_heads, bias=False, rotary=RotaryPositions(8))
    renamed = {name.replace("o_proj", "out_proj"): v for name, v in theirs.state_dict().items()}
    ours.load_state_dict(renamed)
    x = torch.randn(2, 9, 32, requires_grad=True)
    angles = LlamaRotaryEmbedding(config)(x, torch.arange(9)[None])
    mask = torch.zeros(9, 9).masked_fill(~causal_mask(9), -torch.inf)
    expected, _ = theirs(x, position_embeddings=angles, attention_mask=mask[None, None])
    found, _ = ours(x, causal=True)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
    grads = [torch.autograd.grad(y.sin().sum(), x)[0] for y in (found, expected)]
    torch.testing.assert_close(*grads, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("steps", [[1] * 7, [3, 1, 3], [7]])
@pytest.mark.parametrize("rotary", [None, RotaryPositions(4)])
def test_with_a_cache_steps_give_what_the_whole_gives(steps, rotary):
    torch.manual_seed(0)
    layer = MultiHeadAttention(16, 4, n_kv_heads=2, rotary=rotary).double()
    x = torch.randn(2, 7, 16, dtype=torch.float64)
    cache = KeyValueCache(capacity=2)
    with torch.no_grad():
        whole, maps = layer(x, causal=True, need_weights=True)
        parts = [layer(part, causal=True, cache=cache)[0] for part in x.split(steps, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    assert len(cache) == 7
    assert maps.shape == (2, 4, 7, 7)


def test_cross_attention_fills_its_cache_once():
    torch.manual_seed(0)
    layer = MultiHeadAttention(8, 2)
    query, memory, cache = torch.randn(2, 3, 8), torch.randn(2, 5, 8), KeyValueCache()
    with torch.no_grad():
        whole, _ = layer(query, memory)
        first, _ = layer(query[:, :1], memory, cache=cache)
        layer.k_proj.weight.zero_()  # nobody projects again
        rest, _ = layer(query[:, 1:], memory, cache=cache)
    torch.testing.assert_close(torch.cat((first, rest), dim=1), whole)
    assert len(cache) == 5


def test_a_cache_follows_the_sequences_of_a_beam():
    cache = KeyValueCache(capacity=1)
    first, second = torch.randn(3, 2, 2, 4), torch.randn(2, 2, 1, 4)
    cache.append(first, -first)
    cache.reorder(torch.tensor([2, 0]))
    key, value = cache.append(second, -second)
    torch.testing.assert_close(key, torch.cat((first[[2, 0]], second), dim=2))
    torch.testing.assert_close(value, -key)
    torch.testing.assert_close(cache.key, key)


def test_dropout_works_in_training_only():
    torch.manual_seed(0)
    layer, x = MultiHeadAttention(8, 2, dropout=0.5), torch.randn(2, 6, 8)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    plain = MultiHeadAttention(8, 2)
    plain.load_state_dict(layer.state_dict())
    torch.testing.assert_close(layer.eval()(x)[0], plain(x)[0])


def test_the_parameters_are_those_of_four_projections():
    layer = MultiHeadAttention(16, 4, n_kv_heads=1)
    assert sum(p.numel() for p in layer.parameters()) == 2 * (16 * 16 + 16) + 2 * (16 * 4 + 4)


def test_what_is_out_of_range_is_told_of():
    with pytest.raises(SettingError, match="n_heads=5 must divide d_model=64"):
        MultiHeadAttention(64, 5)
    with pytest.raises(SettingError, match="n_kv_heads=3 must divide n_heads=4"):
        MultiHeadAttention(64, 4, n_kv_heads=3)
    with pytest.raises(SettingError, match="capacity is a number of steps"):
        KeyValueCache(0)
    with pytest.raises(SettingError, match="the cache is empty: append"):
        _ = KeyValueCache().key
