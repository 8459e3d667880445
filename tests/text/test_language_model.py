"""The recurrent language model, its loss, its penalties and the average of its weights."""

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from praktikum.text.activation_regularisation import (
    activation_penalty,
    temporal_activation_penalty,
)
from praktikum.text.attention_map import draw_attention_map
from praktikum.text.averaged_weights import AveragedWeights, is_stalled
from praktikum.text.causal_attention import CausalAttention
from praktikum.text.decoding import greedy
from praktikum.text.errors import SettingError, ShapeError
from praktikum.text.language_model import LanguageDropouts, LSTMLanguageModel
from praktikum.text.language_step import LanguageStep
from praktikum.text.masked_loss import masked_cross_entropy, n_tokens, token_accuracy

PAD, V = 0, 11
ALL_DROPOUTS = LanguageDropouts(0.2, 0.2, 0.2, 0.2, 0.2)


def make_model(**settings):
    torch.manual_seed(0)
    model = LSTMLanguageModel(V, 6, 8, 2, **settings)
    nn.init.normal_(model.predict.weight)  # the start is too even to tell words apart
    return model


@pytest.fixture
def tokens():
    return torch.randint(1, V, (7, 5), generator=torch.Generator().manual_seed(0))


def padded(tokens):
    """Return targets whose columns are texts of 7, 4, 1, 6 and 0 tokens."""
    time = torch.arange(7)[:, None]
    return torch.where(time < torch.tensor([7, 4, 1, 6, 0]), tokens, PAD)


def test_the_loss_is_the_mean_over_real_tokens(tokens):
    logits, targets = torch.randn(7, 5, V), padded(tokens)
    losses = [
        -logits[t, b].log_softmax(0)[targets[t, b]]
        for t in range(7)
        for b in range(5)
        if targets[t, b] != PAD
    ]
    assert len(losses) == n_tokens(targets, PAD) == 18
    torch.testing.assert_close(
        masked_cross_entropy(logits, targets, PAD), torch.stack(losses).mean()
    )


def test_accuracy_is_the_share_of_hits_among_real_tokens(tokens):
    targets = padded(tokens)
    guesses = torch.where(torch.arange(7)[:, None] % 2 == 0, targets, PAD)
    logits = functional.one_hot(guesses, V).float()
    hits = int(((guesses == targets) & (targets != PAD)).sum())
    assert float(token_accuracy(logits, targets, PAD)) == pytest.approx(hits / 18)


def test_more_padding_changes_neither_loss_nor_accuracy(tokens):
    logits, targets = torch.randn(7, 5, V), padded(tokens)
    longer = torch.cat((logits, torch.randn(3, 5, V)))
    more = torch.cat((targets, torch.full((3, 5), PAD)))
    for measure in (masked_cross_entropy, token_accuracy):
        torch.testing.assert_close(measure(longer, more, PAD), measure(logits, targets, PAD))


def test_a_batch_of_padding_costs_nothing(tokens):
    nothing = torch.full((7, 5), PAD)
    assert masked_cross_entropy(torch.randn(7, 5, V), nothing, PAD) == 0
    assert token_accuracy(torch.randn(7, 5, V), nothing, PAD) == 0


def test_penalties_are_means_of_squares_over_real_steps(tokens):
    output, real = torch.randn(7, 5, 4), padded(tokens) != PAD
    steps = [output[t, b] for t in range(7) for b in range(5) if real[t, b]]
    changes = [
        output[t + 1, b] - output[t, b]
        for t in range(6)
        for b in range(5)
        if real[t, b] and real[t + 1, b]
    ]
    for found, rows in (
        (activation_penalty(output, real), steps),
        (temporal_activation_penalty(output, real), changes),
    ):
        torch.testing.assert_close(found, torch.stack(rows).square().mean())


@pytest.mark.parametrize("attention", [False, True])
def test_one_token_at_a_time_is_the_whole_text(attention, tokens):
    model = make_model(attention=attention).eval()
    whole, state = model(tokens), None
    for step, token in enumerate(tokens):
        logits, state = model.step(token, state)
        torch.testing.assert_close(logits, whole.logits[step])


@pytest.mark.parametrize("attention", [False, True])
def test_the_step_for_decoding_is_the_models_own(attention, tokens):
    model = make_model(attention=attention, dropouts=ALL_DROPOUTS).eval()
    step, state, peer_state = LanguageStep(model), None, None
    for token in tokens:
        logits, state = step(token, state)
        expected, peer_state = model.step(token, peer_state)
        torch.testing.assert_close(logits, expected)


@pytest.mark.parametrize("attention", [False, True])
def test_a_text_may_be_read_in_parts(attention, tokens):
    model = make_model(attention=attention).eval()
    first = model(tokens[:3])
    second = model(tokens[3:], first.state)
    torch.testing.assert_close(torch.cat((first.logits, second.logits)), model(tokens).logits)


@pytest.mark.parametrize("attention", [False, True])
def test_what_comes_later_changes_nothing(attention, tokens):
    model, changed = make_model(attention=attention).eval(), tokens.clone()
    changed[4:] = tokens[4:].roll(1, 1)
    torch.testing.assert_close(model(changed).logits[:4], model(tokens).logits[:4])


def test_the_model_is_torchs_layers_one_after_the_other(tokens):
    model = make_model(dropouts=ALL_DROPOUTS).eval()
    hidden = functional.embedding(tokens, model.embed.embedding.weight)
    for layer in model.layers:
        hidden, _ = layer.module(hidden)
    expected = hidden @ model.embed.embedding.weight.T + model.predict.bias
    assert torch.equal(model(tokens).hidden, hidden)
    torch.testing.assert_close(model(tokens).logits, expected)


@pytest.mark.parametrize("name", ["embedding", "input", "hidden", "output", "weight"])
def test_each_dropout_acts_in_training_and_only_there(name, tokens):
    model = make_model(dropouts=LanguageDropouts(**{name: 0.5}))
    plain = make_model()
    plain.load_state_dict(model.state_dict())
    model.train()
    assert not torch.equal(model(tokens).logits, plain(tokens).logits)
    assert torch.equal(model.eval()(tokens).logits, plain.eval()(tokens).logits)


@pytest.mark.parametrize(("tied", "attention"), [(True, False), (False, False), (True, True)])
def test_parameters_are_as_many_as_the_formula_says(tied, attention):
    model = LSTMLanguageModel(V, 6, 8, 2, tied=tied, attention=attention)
    last = 6 if tied else 8
    lstm = sum(4 * out * (inside + out + 2) for inside, out in [(6, 8), (8, last)])
    words = V * 6 + V + (0 if tied else V * 8)
    looking = last * last + 2 * last * last + last if attention else 0
    assert sum(p.numel() for p in model.parameters()) == lstm + words + looking


@pytest.mark.parametrize("attention", [False, True])
def test_a_model_learns_eight_texts_by_heart_and_writes_them(attention):
    torch.manual_seed(1)
    model = LSTMLanguageModel(V, 24, 32, 1, attention=attention)
    starts = torch.arange(3, 11)
    texts = torch.stack([starts, *(torch.randint(3, V, (8,)) for _ in range(4))])
    texts = torch.cat((texts, torch.ones(1, 8, dtype=torch.long)))  # 1 is <eos>
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(100):
        loss = masked_cross_entropy(model(texts[:-1]).logits, texts[1:], PAD)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    written = greedy(model.eval().step, starts, eos=1, max_length=9)
    assert torch.equal(written.tokens, texts[1:].T)


def test_attention_is_multihead_attention_with_one_head_of_the_same_weights():
    torch.manual_seed(0)
    attention, hidden = CausalAttention(4), torch.randn(2, 5, 4)
    peer = functional.scaled_dot_product_attention(
        attention.query(hidden), hidden, hidden, is_causal=True
    )
    expected = attention.mix(torch.cat((hidden, peer), dim=-1)).tanh()
    output, weights = attention(hidden, hidden[:, :0])
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 5))
    assert not weights.triu(1).any()


def test_a_map_has_a_row_and_a_column_for_each_token():
    weights = torch.tensor([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]])
    (axes,) = draw_attention_map(weights, ["a", "b", "c"]).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c"]
    np.testing.assert_array_equal(axes.images[0].get_array(), weights)


def test_a_map_needs_its_tokens():
    with pytest.raises(ShapeError, match=r"shape \(2, 3\) need 3 tokens to look at .* got 1"):
        draw_attention_map(torch.zeros(2, 3), ["a"])


@pytest.mark.parametrize(
    ("losses", "n", "stalled"),
    [
        ([], 2, False),
        ([3.0, 4.0, 4.0], 2, False),  # the best one is not yet more than two checks ago
        ([3.0, 4.0, 4.0, 3.5], 2, True),
        ([3.0, 4.0, 4.0, 2.9], 2, False),
        ([3.0, 3.1], 0, True),
    ],
)
def test_averaging_begins_when_the_loss_is_above_the_best_one_before_n_checks(losses, n, stalled):
    assert is_stalled(losses, n) is stalled


def test_the_average_is_that_of_torchs_asgd(tokens):
    targets = tokens.roll(-1, 0)
    ours, theirs = AveragedWeights(make_model()), make_model()
    sgd = torch.optim.SGD(ours.parameters(), lr=0.5)
    asgd = torch.optim.ASGD(theirs.parameters(), lr=0.5, lambd=0, alpha=0, t0=3)
    for update in range(9):
        for model, optimiser in ((ours, sgd), (theirs, asgd)):
            optimiser.zero_grad()
            masked_cross_entropy(model(tokens).logits, targets, PAD).backward()
            optimiser.step()
        if update == 4:  # torch begins so many updates after t0
            ours.start()
        ours.add_iterate()
    expected = [asgd.state[parameter]["ax"] for parameter in theirs.parameters()]
    for found, wanted in zip(ours.average.values(), expected, strict=True):
        torch.testing.assert_close(found, wanted)


def test_evaluation_runs_with_the_average_and_training_with_the_weights(tokens):
    model = AveragedWeights(make_model())
    twin = copy.deepcopy(model.module)
    assert torch.equal(model.eval()(tokens).logits, twin(tokens).logits)
    model.start()
    for factor in (1.0, 3.0):
        for parameter, start in zip(model.module.parameters(), twin.parameters(), strict=True):
            parameter.data = start.data * factor
        model.add_iterate()
    mean, last = (scaled(twin, factor)(tokens).logits for factor in (2.0, 3.0))
    torch.testing.assert_close(model.eval()(tokens).logits, mean)
    torch.testing.assert_close(model.train()(tokens).logits, last)
    torch.testing.assert_close(model.averaged_module()(tokens).logits, mean)


def scaled(module, factor):
    """Return a copy of a module with all weights multiplied."""
    scaled_module = copy.deepcopy(module)
    for parameter in scaled_module.parameters():
        parameter.data *= factor
    return scaled_module


def test_a_saved_average_is_there_again(tokens):
    model, other = AveragedWeights(make_model()), AveragedWeights(make_model())
    model.start()
    model.add_iterate()
    nn.init.normal_(model.module.predict.bias)
    model.add_iterate()
    other.load_state_dict(model.state_dict())
    assert torch.equal(other.eval()(tokens).logits, model.eval()(tokens).logits)


def test_an_untrained_model_is_as_uncertain_as_the_vocabulary_is_large(tokens):
    model = LSTMLanguageModel(V, 6, 8, 2).eval()
    loss = masked_cross_entropy(model(tokens).logits, tokens.roll(-1, 0), PAD)
    np.testing.assert_allclose(math.exp(loss.item()), V, rtol=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LanguageDropouts(weight=1.0), r"needs 0 <= weight < 1, got 1.0"),
        (lambda: LSTMLanguageModel(5, 4, 4, 0), "must be at least 1, got 5, 4, 4 and 0"),
        (lambda: is_stalled([1.0], -1), "n must be at least 0 checks, got -1"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()
