"""GPT against transformers: logits, gradients, the cache, padding; folders read and written."""

import json
import math

import pytest
import torch
import transformers
from torch.nn import functional

from praktikum.sequence.errors import ShapeError, WeightsError
from praktikum.text.gpt import GPT, GPTConfig

SIZES = {"vocab_size": 30, "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 12}
CONFIG = GPTConfig(n_tokens=30, d_model=16, n_layers=2, n_heads=4, max_length=12)


def published(folder, kind=transformers.GPT2LMHeadModel, **settings):
    """Write a model of transformers with large random weights into the folder, and return it."""
    torch.manual_seed(0)
    model = kind(transformers.GPT2Config(**SIZES, initializer_range=0.3, **settings)).eval()
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, mean=float("ln_" in name), std=0.3)
    model.save_pretrained(folder)
    return model


@pytest.fixture
def tokens():
    """Three texts of nine tokens."""
    return torch.randint(30, (3, 9), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    "settings", [{}, {"n_inner": 24}, {"activation_function": "relu", "layer_norm_epsilon": 1e-3}]
)
@torch.no_grad()
def test_logits_and_hidden_states_are_those_of_transformers(tmp_path, tokens, settings):
    theirs = published(tmp_path, **settings)
    ours, states = GPT.from_pretrained(tmp_path), []
    for layer in ours.encoder.layers:
        layer.register_forward_hook(lambda module, inputs, output: states.append(output[0]))
    found, wanted = ours(tokens), theirs(tokens, output_hidden_states=True)
    torch.testing.assert_close(found, wanted.logits, rtol=1e-5, atol=1e-5)
    # The last of theirs is after the norm, so the last of ours is not among them.
    for state, expected in zip(states[:-1], wanted.hidden_states[1:-1], strict=True):
        torch.testing.assert_close(state, expected, rtol=1e-5, atol=1e-5)
    hidden, _ = ours.encode(tokens)
    torch.testing.assert_close(hidden, wanted.hidden_states[-1], rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_a_body_that_was_saved_alone_is_read(tmp_path, tokens):
    theirs = published(tmp_path, transformers.GPT2Model)
    hidden, _ = GPT.from_pretrained(tmp_path).encode(tokens)
    expected = theirs(tokens).last_hidden_state
    torch.testing.assert_close(hidden, expected, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_maps_of_heads_are_those_of_transformers(tmp_path, tokens):
    theirs = published(tmp_path, attn_implementation="eager")
    _, maps = GPT.from_pretrained(tmp_path).encode(tokens, need_weights=True)
    wanted = theirs(tokens, output_attentions=True).attentions
    for one, two in zip(maps, wanted, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-5)


def test_gradients_are_those_of_transformers(tmp_path, tokens):
    theirs = published(tmp_path).double()
    ours = GPT.from_pretrained(tmp_path).double()
    for logits in (ours(tokens), theirs(tokens).logits):
        functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten()).backward()
    body, layer = theirs.transformer, ours.encoder.layers[1]
    torch.testing.assert_close(ours.tokens.weight.grad, body.wte.weight.grad)
    torch.testing.assert_close(ours.positions.weight.grad, body.wpe.weight.grad)
    torch.testing.assert_close(layer.linear1.weight.grad, body.h[1].mlp.c_fc.weight.grad.T)
    queries = body.h[1].attn.c_attn.weight.grad.T[:16]
    torch.testing.assert_close(layer.self_attn.q_proj.weight.grad, queries)


@torch.no_grad()
def test_what_is_saved_is_read_by_transformers(tmp_path, tokens):
    ours = GPT(CONFIG, torch.Generator().manual_seed(0)).eval()
    ours.save_pretrained(tmp_path)
    theirs, told = transformers.GPT2LMHeadModel.from_pretrained(tmp_path, output_loading_info=True)
    assert not any(told.values())
    torch.testing.assert_close(ours(tokens), theirs(tokens).logits, rtol=1e-5, atol=1e-5)
    again = GPT.from_pretrained(tmp_path)
    assert again.config == CONFIG
    assert all(
        torch.equal(again.state_dict()[name], tensor) for name, tensor in ours.state_dict().items()
    )


@pytest.mark.parametrize("steps", [[1] * 9, [4, 5], [8, 1]])
@torch.no_grad()
def test_with_caches_steps_give_what_the_whole_gives(tokens, steps):
    model = GPT(CONFIG).eval()
    caches = model.empty_caches()
    parts = [model(part, caches=caches) for part in tokens.split(steps, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens), rtol=1e-5, atol=1e-6)


@torch.no_grad()
def test_padding_before_or_after_a_text_changes_nothing(tokens):
    model = GPT(CONFIG).eval()
    alone, padding = model(tokens[:, :5]), torch.zeros(3, 3, dtype=torch.int64)
    after = model(torch.cat((tokens[:, :5], padding), dim=1))[:, :5]
    mask = torch.arange(8).expand(3, 8) >= 3
    before = model(torch.cat((padding, tokens[:, :5]), dim=1), mask)[:, 3:]
    torch.testing.assert_close(after, alone, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(before, alone, rtol=1e-5, atol=1e-6)


def test_a_token_does_not_know_what_follows(tokens):
    model = GPT(CONFIG).eval()
    changed = torch.cat((tokens[:, :6], (tokens[:, 6:] + 1) % 30), dim=1)
    torch.testing.assert_close(model(tokens)[:, :6], model(changed)[:, :6])
    assert not torch.allclose(model(tokens)[:, 6:], model(changed)[:, 6:])


def test_weights_begin_as_those_of_gpt_2():
    config = GPTConfig(n_tokens=500, d_model=64, n_layers=8, n_heads=4)
    model = GPT(config, torch.Generator().manual_seed(0))
    layer = model.encoder.layers[3]
    assert layer.linear1.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert layer.linear2.weight.std().item() == pytest.approx(0.02 / math.sqrt(16), rel=0.05)
    assert model.tokens.weight.std().item() == pytest.approx(0.02, rel=0.05)
    theirs = transformers.GPT2Config(vocab_size=500, n_embd=64, n_layer=8, n_head=4)
    assert sum(parameter.numel() for parameter in model.parameters()) == sum(
        parameter.numel() for parameter in transformers.GPT2LMHeadModel(theirs).parameters()
    )


def test_eight_texts_are_learned_by_heart(tokens):
    torch.manual_seed(0)
    model, texts = GPT(CONFIG), torch.randint(30, (8, 6))
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        logits = model(texts[:, :-1])
        loss = functional.cross_entropy(logits[:, 1:].flatten(0, 1), texts[:, 2:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert torch.equal(model.eval()(texts[:, :-1]).argmax(-1)[:, 1:], texts[:, 2:])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scale_attn_by_inverse_layer_idx": True}, "inverse_layer_idx must be False, got True"),
        ({"n_embd": None}, "n_embd must be int, got None"),
        ({"n_head": 5}, "n_heads=5 must divide d_model=16"),
        ({"embd_pdrop": 1.0}, "embedding_dropout is a probability"),
        ({"n_layer": 3}, r"missing \(transformer\.encoder\.layers\.2"),
        ({"n_positions": 9}, r"positions.weight must be of shape \(9, 16\), came \(12, 16\)"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(tmp_path, change, message):
    published(tmp_path)
    file = tmp_path / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(WeightsError, match=message):
        GPT.from_pretrained(tmp_path)


def test_a_text_beyond_the_positions_is_refused(tokens):
    caches = (model := GPT(CONFIG)).empty_caches()
    model(tokens, caches=caches)
    with pytest.raises(ShapeError, match="learned positions for 12 steps, got 18; cut the text"):
        model(tokens, caches=caches)
