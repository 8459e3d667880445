"""Dropouts of recurrent networks: plain where they must be, and in training what the papers say."""

import pytest
import torch
from torch import nn

from praktikum.sequence import (
    LSTM,
    EmbeddingDropout,
    FastLSTM,
    LockedDropout,
    MaskedWeightLSTM,
    RecurrentDropoutLSTM,
    VariationalLSTM,
    WeightDrop,
    ZoneoutLSTM,
)
from praktikum.sequence.errors import SettingError
from praktikum.sequence.masks import draw_bernoulli, dropout_mask
from praktikum.sequence.zoneout import zone_out

TIME, BATCH, FEATURES, HIDDEN = 7, 4, 3, 5
LOOPS = {
    "variational": lambda p, **more: VariationalLSTM(FEATURES, HIDDEN, p, p, **more),
    "recurrent": lambda p, **more: RecurrentDropoutLSTM(FEATURES, HIDDEN, p, **more),
    "recurrent, a mask a sequence": lambda p, **more: RecurrentDropoutLSTM(
        FEATURES, HIDDEN, p, per_step=False, **more
    ),
    "zoneout": lambda p, **more: ZoneoutLSTM(FEATURES, HIDDEN, p, p, **more),
}
SEEDED = LOOPS | {
    "masked weights": lambda p, **more: MaskedWeightLSTM(FEATURES, HIDDEN, p, p, **more),
    "fast": lambda p, **more: FastLSTM(FEATURES, HIDDEN, p_update=p, p_cell_stays=p, **more),
    "weight drop": lambda p, generator=None: WeightDrop(
        nn.LSTM(FEATURES, HIDDEN), p=p, generator=generator
    ),
}


@pytest.fixture(autouse=True)
def same_chance():
    torch.manual_seed(0)


@pytest.fixture
def input():
    return torch.randn(TIME, BATCH, FEATURES)


def torchs_cell(layer):
    """Return torch's own step with the weights of a layer."""
    step = nn.LSTMCell(FEATURES, HIDDEN).double()
    step.load_state_dict({name[:-3]: tensor for name, tensor in layer.state_dict().items()})
    return step


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("settings", [{}, {"num_layers": 2, "bidirectional": True}])
@pytest.mark.parametrize("mode", ["evaluation", "p = 0"])
def test_without_dropping_a_loop_is_the_plain_lstm_bit_by_bit(name, settings, mode, input):
    layer = LOOPS[name](0.5 if mode == "evaluation" else 0.0, **settings)
    plain = LSTM(FEATURES, HIDDEN, **settings)
    plain.load_state_dict(layer.state_dict())
    layer.train(mode == "p = 0")
    lengths = torch.tensor([7, 2, 5, 1])
    for keywords in ({}, {"lengths": lengths}):
        (output, state), (expected, last) = layer(input, **keywords), plain(input, **keywords)
        for mine, other in zip((output, *state), (expected, *last), strict=True):
            assert torch.equal(mine, other)


@pytest.mark.parametrize("mode", ["evaluation", "p = 0"])
def test_without_dropping_masked_weights_and_weight_drop_are_torchs_lstm_bit_by_bit(mode, input):
    theirs = nn.LSTM(FEATURES, HIDDEN, 2)
    p = 0.5 if mode == "evaluation" else 0.0
    masked, dropped = (
        MaskedWeightLSTM(FEATURES, HIDDEN, p, p, num_layers=2),
        WeightDrop(theirs, p=p),
    )
    masked.lstm.load_state_dict(theirs.state_dict())
    for layer in (masked, dropped):
        layer.train(mode == "p = 0")
        assert torch.equal(layer(input)[0], theirs(input)[0])


@pytest.mark.parametrize("mode", ["evaluation", "p = 0"])
def test_without_dropping_embeddings_and_features_pass_bit_by_bit(mode, input):
    p = 0.5 if mode == "evaluation" else 0.0
    embedding, tokens = nn.Embedding(6, 2), torch.randint(0, 6, (4, 3))
    training = mode == "p = 0"
    assert torch.equal(EmbeddingDropout(embedding, p).train(training)(tokens), embedding(tokens))
    assert torch.equal(LockedDropout(p).train(training)(input), input)


@pytest.mark.parametrize("name", SEEDED)
def test_chance_comes_from_the_generator_alone(name, input):
    generator = torch.Generator()
    layer = SEEDED[name](0.5, generator=generator)
    before, outputs = torch.random.get_rng_state(), []
    for seed in (1, 1, 2):
        generator.manual_seed(seed)
        outputs.append(layer(input)[0])
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("name", SEEDED)
def test_training_changes_no_weight_and_gives_every_weight_a_gradient(name, input):
    layer = SEEDED[name](0.5)
    before = {key: tensor.clone() for key, tensor in layer.state_dict().items()}
    layer(input)[0].square().sum().backward()
    assert all(torch.equal(before[key], tensor) for key, tensor in layer.state_dict().items())
    assert all(parameter.grad is not None for parameter in layer.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
def test_a_mask_drops_the_asked_share_and_its_mean_is_one(p, dtype):
    like = torch.empty(501, 499, dtype=dtype)
    mask = dropout_mask(like, p)
    assert mask.dtype == dtype
    assert (mask == 0).double().mean().item() == pytest.approx(p, abs=0.005)
    assert mask.double().mean().item() == pytest.approx(1, abs=0.02)
    kept = mask[mask != 0].unique()
    assert kept.tolist() == pytest.approx([1 / (1 - p)], rel=1e-3)


def test_draws_beside_each_other_have_nothing_in_common():
    drawn = draw_bernoulli(torch.empty(100_001), 0.3).double() - 0.3
    for lag in range(1, 6):  # four draws are cut out of one number
        correlation = (drawn[lag:] * drawn[:-lag]).mean() / 0.21
        assert abs(correlation.item()) < 0.015


def test_a_probability_a_hair_below_one_still_keeps_something():
    mask = dropout_mask(torch.empty(1 << 20), 1 - 1e-9)
    assert mask.isfinite().all()
    assert (mask > 0).any()


def test_variational_masks_are_the_same_at_every_step(monkeypatch, input):
    masks = [(torch.rand(BATCH, size, dtype=torch.float64) < 0.5) * 2.0 for size in (3, 5)]
    handed = iter(masks)
    module = "praktikum.sequence.variational_dropout.dropout_mask"
    monkeypatch.setattr(module, lambda like, p, generator: next(handed))
    layer = VariationalLSTM(FEATURES, HIDDEN).double()
    hidden = cell = torch.zeros(BATCH, HIDDEN, dtype=torch.float64)
    step = torchs_cell(layer)
    expected = []
    for x in input.double():
        hidden, cell = step(x * masks[0], (hidden * masks[1], cell))
        expected.append(hidden)
    output, (last, last_cell) = layer(input.double())
    torch.testing.assert_close(output, torch.stack(expected), rtol=0, atol=1e-12)
    torch.testing.assert_close(last[0], hidden, rtol=0, atol=1e-12)
    torch.testing.assert_close(last_cell[0], cell, rtol=0, atol=1e-12)


def test_masked_weights_are_a_variational_mask_that_the_batch_shares(monkeypatch, input):
    masked = MaskedWeightLSTM(FEATURES, HIDDEN).double()
    shared = {3: torch.tensor([0.0, 2.0, 2.0]), 5: torch.tensor([2.0, 0.0, 0.0, 2.0, 2.0])}
    monkeypatch.setattr(
        "praktikum.sequence.variational_dropout.dropout_mask",
        lambda like, p, generator: shared[like.shape[-1]].double().expand(like.shape),
    )
    layer = VariationalLSTM(FEATURES, HIDDEN).double()
    layer.load_state_dict(masked.lstm.state_dict())
    for keywords in ({}, {"lengths": torch.tensor([7, 2, 5, 1])}):
        found, expected = masked(input.double(), **keywords), layer(input.double(), **keywords)
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


def test_masked_weights_lose_whole_columns():
    layer = MaskedWeightLSTM(40, 40, 0.5, 0.5)
    for name, masked in layer.masked_weights().items():
        ratio = masked / layer.lstm.get_parameter(name)
        assert torch.equal(ratio, ratio[:1].expand_as(ratio))
        assert set(ratio.unique().tolist()) == {0.0, 2.0}


@pytest.mark.parametrize("per_step", [True, False])
def test_recurrent_dropout_masks_the_update_and_nothing_else(per_step, monkeypatch, input):
    """Hold it against torch's cell: c' = f c + i (m g), where i g = c' - f c without a mask."""
    masks = [(torch.rand(BATCH, HIDDEN, dtype=torch.float64) < 0.5) * 2.0 for _ in range(TIME)]
    handed = iter(masks)
    monkeypatch.setattr(
        "praktikum.sequence.recurrent_dropout.dropout_mask",
        lambda like, p, generator: next(handed),
    )
    layer = RecurrentDropoutLSTM(FEATURES, HIDDEN, per_step=per_step).double()
    hidden = cell = torch.zeros(BATCH, HIDDEN, dtype=torch.float64)
    step = torchs_cell(layer)
    output, _ = layer(input.double())
    for t, x in enumerate(input.double()):
        without, kept = (step(x, (hidden, old))[1] for old in (torch.zeros_like(cell), cell))
        plain_hidden, plain_cell = step(x, (hidden, cell))
        forgotten = kept - without  # f c
        cell = forgotten + masks[t if per_step else 0] * without
        hidden = plain_hidden / plain_cell.tanh() * cell.tanh()  # o tanh c'
        torch.testing.assert_close(output[t], hidden, rtol=0, atol=1e-10)


def test_zoneout_keeps_numbers_of_the_old_state_and_expects_in_evaluation():
    old, new = torch.zeros(400, 250), torch.ones(400, 250)
    mixed = zone_out(old, new, 0.3, training=True)
    assert set(mixed.unique().tolist()) == {0.0, 1.0}
    assert (mixed == 0).double().mean().item() == pytest.approx(0.3, abs=0.01)
    torch.testing.assert_close(zone_out(old, new, 0.3, training=False), new * 0.7)


def test_zoneout_follows_the_paper_step_by_step(monkeypatch, input):
    drawn = []

    def draw(like, p, generator):
        drawn.append(torch.rand(like.shape) < 0.5)
        return drawn[-1]

    monkeypatch.setattr("praktikum.sequence.zoneout.draw_bernoulli", draw)
    layer = ZoneoutLSTM(FEATURES, HIDDEN, 0.5, 0.5).double()
    hidden = cell = torch.zeros(BATCH, HIDDEN, dtype=torch.float64)
    step = torchs_cell(layer)
    output, _ = layer(input.double())
    for t, x in enumerate(input.double()):
        new_hidden, new_cell = step(x, (hidden, cell))
        cell = torch.where(drawn[2 * t], cell, new_cell)
        hidden = torch.where(drawn[2 * t + 1], hidden, new_hidden)
        torch.testing.assert_close(output[t], hidden, rtol=0, atol=1e-12)


def test_in_evaluation_zoneout_mixes_by_its_probabilities(input):
    layer = ZoneoutLSTM(FEATURES, HIDDEN, 0.2, 0.6, expectation=True).double().eval()
    hidden = cell = torch.zeros(BATCH, HIDDEN, dtype=torch.float64)
    step = torchs_cell(layer)
    output, _ = layer(input.double())
    for t, x in enumerate(input.double()):
        new_hidden, new_cell = step(x, (hidden, cell))
        hidden, cell = 0.2 * hidden + 0.8 * new_hidden, 0.6 * cell + 0.4 * new_cell
        torch.testing.assert_close(output[t], hidden, rtol=0, atol=1e-12)


@pytest.mark.parametrize("batch_first", [False, True])
def test_locked_dropout_drops_a_feature_of_a_sequence_at_all_steps(batch_first):
    dropped = LockedDropout(0.5, batch_first)(torch.ones(6, 6, 50))
    over_time = dropped if not batch_first else dropped.transpose(0, 1)
    assert torch.equal(over_time, over_time[:1].expand_as(over_time))
    assert not torch.equal(over_time[:, 0], over_time[:, 1])
    assert set(dropped.unique().tolist()) == {0.0, 2.0}


def test_embedding_dropout_drops_a_word_wherever_it_stands():
    embedding = nn.Embedding(50, 3)
    tokens = torch.arange(50).repeat(2, 1)
    vectors = EmbeddingDropout(embedding, 0.5)(tokens)
    assert torch.equal(vectors[0], vectors[1])
    ratio = vectors[0] / embedding.weight
    assert torch.equal(ratio, ratio[:, :1].expand_as(ratio))
    assert set(ratio.unique().tolist()) == {0.0, 2.0}
    vectors.sum().backward()
    assert (embedding.weight.grad[ratio[:, 0] == 0] == 0).all()


def test_weight_drop_is_the_module_with_masked_weights(input):
    inner = nn.LSTM(FEATURES, HIDDEN)
    layer = WeightDrop(inner, p=0.5, generator=torch.Generator().manual_seed(3))
    output, _ = layer(input)
    layer.generator.manual_seed(3)
    mask = dropout_mask(inner.weight_hh_l0, 0.5, layer.generator)
    twin = nn.LSTM(FEATURES, HIDDEN)
    weights = inner.state_dict()
    twin.load_state_dict(weights | {"weight_hh_l0": weights["weight_hh_l0"] * mask})
    torch.testing.assert_close(output, twin(input)[0])
    output.sum().backward()
    assert (inner.weight_hh_l0.grad[mask == 0] == 0).all()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: VariationalLSTM(3, 5, p_hidden=1.0), "0 <= p_hidden < 1, got 1.0"),
        (lambda: ZoneoutLSTM(3, 5, p_cell=-0.1), "0 <= p_cell < 1, got -0.1"),
        (lambda: WeightDrop(nn.Linear(2, 2)), "no parameter weight_hh… in a module with weight"),
        (lambda: WeightDrop(nn.LSTM(2, 2), ["weight_hh_l1"]), "no parameter weight_hh_l1"),
    ],
)
def test_a_setting_out_of_range_is_named(make, said):
    with pytest.raises(SettingError, match=said):
        make()
