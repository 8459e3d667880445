"""The Transformer against torch's layers and model; padding, causality, the cache, tied tables."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from praktikum.sequence import (
    Decoder,
    DecoderLayer,
    Encoder,
    EncoderLayer,
    LearnedPositions,
    Seq2SeqTransformer,
    SinusoidalPositions,
    Transformer,
    causal_mask,
    padding_mask,
)
from praktikum.sequence.errors import ShapeError

SMALL = {"n_heads": 2, "n_encoder_layers": 2, "n_decoder_layers": 2, "d_feedforward": 12}


def with_weights_of(ours, theirs):
    """Return both in float64, with the same random weights."""
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, std=0.5)
    ours.load_state_dict(theirs.state_dict())
    return ours.double(), theirs.double()


def torchs_model(**settings):
    """Return torch's model of the sizes of SMALL; it warns unless nested tensors are declined."""
    layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, dropout=0.0, **settings)
    encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8), enable_nested_tensor=False)
    return nn.Transformer(
        8, 2, 2, 2, 12, dropout=0.0, custom_encoder=encoder, batch_first=True, **settings
    )


def random_inputs(*shapes):
    """Return tensors that ask for gradients."""
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]


def assert_same_with_gradients(found, expected, leaves):
    """Compare two tensors, and the gradients of a random product with them."""
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)
    weight = torch.randn_like(expected)
    grads = [torch.autograd.grad((x * weight).sum(), leaves) for x in (found, expected)]
    for one, two in zip(*grads, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("norm_first", [True, False])
def test_an_encoder_layer_is_that_of_torch(norm_first):
    torch.manual_seed(0)
    settings = {"dropout": 0.0, "norm_first": norm_first}
    ours, theirs = with_weights_of(
        EncoderLayer(8, 2, 12, **settings),
        nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, **settings),
    )
    (x,) = random_inputs((3, 5, 8))
    mask = padding_mask(torch.tensor([5, 2, 4]), 5)
    expected = theirs(x, src_key_padding_mask=~mask[:, 0, 0])
    assert_same_with_gradients(ours(x, mask)[0], expected, [x])


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_decoder_layer_is_that_of_torch(norm_first):
    torch.manual_seed(0)
    settings = {"dropout": 0.0, "norm_first": norm_first}
    ours, theirs = with_weights_of(
        DecoderLayer(8, 2, d_feedforward=12, **settings),
        nn.TransformerDecoderLayer(8, 2, 12, batch_first=True, **settings),
    )
    inputs = random_inputs((3, 4, 8), (3, 5, 8))
    memory_mask = padding_mask(torch.tensor([5, 2, 4]), 5)
    expected = theirs(
        *inputs, tgt_mask=~causal_mask(4), memory_key_padding_mask=~memory_mask[:, 0, 0]
    )
    assert_same_with_gradients(ours(*inputs, memory_mask=memory_mask)[0], expected, inputs)


@pytest.mark.parametrize("norm_first", [True, False])
def test_the_model_is_that_of_torch(norm_first):
    torch.manual_seed(0)
    ours, theirs = with_weights_of(
        Transformer(8, final_norm=True, dropout=0.0, norm_first=norm_first, **SMALL),
        torchs_model(norm_first=norm_first),
    )
    inputs = random_inputs((3, 5, 8), (3, 4, 8))
    assert_same_with_gradients(ours(*inputs), theirs(*inputs, tgt_mask=~causal_mask(4)), inputs)


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_norm_after_the_stack_is_there_when_layers_end_without_one(norm_first):
    for stack in (Encoder, Decoder):
        names = stack(1, 8, 2, norm_first=norm_first).state_dict().keys()
        assert ("norm.weight" in names) == norm_first


@pytest.mark.parametrize("p", [0.0, 0.2])
def test_a_layer_drops_at_three_places_in_training_only(p):
    torch.manual_seed(0)
    chance = torch.Generator().manual_seed(1)
    layer = EncoderLayer(8, 2, 12, dropout=p, generator=chance)
    x = torch.randn(4, 100, 8)
    gone = (layer.drop(x) == 0).double().mean()
    assert abs(gone - p) < 0.02
    assert torch.equal(layer(x)[0], layer(x)[0]) == (p == 0)
    layer.eval()
    assert torch.equal(layer(x)[0], layer(x)[0])


def small_model(**settings):
    """Return a model of 11 tokens without dropout, in float64."""
    torch.manual_seed(0)
    return Seq2SeqTransformer(11, d_model=8, **{"dropout": 0.0, **SMALL, **settings}).double()


def test_from_tokens_to_logits_is_what_the_paper_says_around_torchs_model():
    model = small_model(final_norm=True)
    _, theirs = with_weights_of(model.transformer, torchs_model())
    source, target = torch.randint(11, (3, 6)), torch.randint(11, (3, 4))
    table = model.source_embedding.weight
    embedded = [
        SinusoidalPositions(8)(functional.embedding(tokens, table) * math.sqrt(8))
        for tokens in (source, target)
    ]
    expected = theirs(*embedded, tgt_mask=~causal_mask(4)) @ table.T
    torch.testing.assert_close(model(source, target), expected)


@pytest.mark.parametrize("norm_first", [True, False])
def test_padding_and_the_future_change_nothing(norm_first):
    model = small_model(norm_first=norm_first)
    source, target = torch.randint(11, (2, 6)), torch.randint(11, (2, 5))
    logits = model(source, target, torch.tensor([6, 4]))
    alone = model(source[1:, :4], target[1:, :3])
    torch.testing.assert_close(logits[1:, :3], alone)


@pytest.mark.parametrize("positions", [None, LearnedPositions(20, 8)])
@pytest.mark.parametrize("steps", [[1] * 5, [2, 3]])
def test_with_caches_steps_give_what_the_whole_gives(steps, positions):
    model = small_model(positions=positions)
    source, target = torch.randint(11, (2, 6)), torch.randint(11, (2, 5))
    with torch.no_grad():
        memory, mask = model.encode(source, torch.tensor([6, 3]))
        whole, maps = model.decode(target, memory, mask, need_weights=True)
        caches = model.empty_caches()
        parts = [
            model.decode(part, memory, mask, caches=caches)[0]
            for part in target.split(steps, dim=1)
        ]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    assert [tuple(found.shape) for found in maps] == [(2, 2, 5, 6)] * 2
    assert not maps[0][1, :, :, 3:].any()  # nobody looks at padding


def test_caches_follow_the_sequences_of_a_beam():
    model = small_model()
    source, target = torch.randint(11, (2, 6)), torch.randint(11, (2, 4))
    rows = torch.tensor([1, 1])
    with torch.no_grad():
        memory, _ = model.encode(source)
        caches = model.empty_caches()
        model.decode(target[:, :3], memory, caches=caches)
        for cache in caches:
            cache.reorder(rows)
        found, _ = model.decode(target[rows, 3:], memory[rows], caches=caches)
        expected = model(source[rows], target[rows])[:, 3:]
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("n_target", "tied", "tables"), [(None, True, 11), (7, True, 18), (7, False, 25)]
)
def test_tied_tables_are_counted_once(n_target, tied, tables):
    model = Seq2SeqTransformer(11, n_target, 8, tied=tied, **SMALL)
    # The paper has no norm after a stack of post-norm layers, torch has one after each of two.
    body = sum(p.numel() for p in torchs_model().parameters()) - 2 * 2 * 8
    assert sum(p.numel() for p in model.parameters()) == body + tables * 8


def test_eight_examples_are_learned_by_heart_and_reversed():
    torch.manual_seed(0)
    chance = torch.Generator().manual_seed(0)
    source = torch.randint(1, 11, (8, 5), generator=chance)
    target = torch.cat((torch.zeros(8, 1, dtype=torch.int64), source.flip(1)), dim=1)
    sizes = {"n_heads": 4, "n_encoder_layers": 1, "n_decoder_layers": 1, "d_feedforward": 64}
    model = Seq2SeqTransformer(11, d_model=32, dropout=0.0, **sizes)
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(60):
        logits = model(source, target[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        found = greedy(model.eval(), source, steps=5)
    assert torch.equal(found, source.flip(1))


def greedy(model, source, steps):
    """Return the likeliest tokens one after another, from the start mark 0, by the cache."""
    memory, mask = model.encode(source)
    caches, tokens = model.empty_caches(), [torch.zeros(len(source), 1, dtype=torch.int64)]
    for _ in range(steps):
        logits, _ = model.decode(tokens[-1], memory, mask, caches=caches)
        tokens.append(logits.argmax(-1))
    return torch.cat(tokens[1:], dim=1)


def test_caches_for_another_number_of_layers_are_told_of():
    model = small_model()
    with pytest.raises(ShapeError, match=r"2 layers need a cache each, got 1; empty_caches\(\)"):
        model.decode(
            torch.zeros(1, 1, dtype=torch.int64),
            torch.zeros(1, 2, 8, dtype=torch.float64),
            caches=model.empty_caches()[:1],
        )
