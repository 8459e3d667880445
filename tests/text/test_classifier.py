"""Classes of texts by recurrent networks."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from praktikum.sequence import GRU, LSTM, FastLSTM, RecurrentDropoutLSTM, VariationalLSTM
from praktikum.text.classifier import RNNClassifier
from praktikum.text.errors import SettingError, ShapeError
from praktikum.text.pooling import POOLINGS

TEXTS = [[3, 4, 5, 6, 7], [8, 9], [4]]
LENGTHS = torch.tensor([5, 2, 1])


def padded(pad, time=5):
    return torch.tensor([text + [pad] * (time - len(text)) for text in TEXTS]).T


def make(recurrent=None, out_features=6, **settings):
    torch.manual_seed(0)
    recurrent = recurrent or nn.LSTM(4, 6)
    return RNNClassifier(nn.Embedding(10, 4), recurrent, out_features, 3, **settings).eval()


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_neither_padding_nor_company_change_the_logits(pooling, bidirectional):
    recurrent = nn.LSTM(4, 6, 2, bidirectional=bidirectional)
    model = make(recurrent, 12 if bidirectional else 6, pooling=pooling)
    together = model(padded(0), LENGTHS)
    torch.testing.assert_close(model(padded(9, time=8), LENGTHS), together)
    for text, logits in zip(TEXTS, together, strict=True):
        alone = model(torch.tensor(text)[:, None], torch.tensor([len(text)]))
        torch.testing.assert_close(alone[0], logits)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_last_step_is_torchs_last_state(bidirectional):
    recurrent = nn.LSTM(4, 6, bidirectional=bidirectional)
    model = make(recurrent, 12 if bidirectional else 6)
    text = torch.tensor(TEXTS[0])[:, None]
    _, (h, _) = recurrent(model.embedding(text))
    expected = model.head(h.transpose(0, 1).flatten(1))
    torch.testing.assert_close(model(text, torch.tensor([5])), expected)


def test_pooling_is_over_a_texts_own_steps():
    steps = torch.randn(5, 3, 2, generator=torch.Generator().manual_seed(0))
    for name, expected in [
        ("last", [steps[n - 1, i] for i, n in enumerate(LENGTHS)]),
        ("mean", [steps[:n, i].mean(0) for i, n in enumerate(LENGTHS)]),
        ("max", [steps[:n, i].max(0).values for i, n in enumerate(LENGTHS)]),
    ]:
        torch.testing.assert_close(POOLINGS[name](steps, LENGTHS), torch.stack(expected))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_text_without_steps_is_pooled_to_zeros(pooling):
    steps = torch.full((2, 2, 3), -1.0, requires_grad=True)
    pooled = POOLINGS[pooling](steps, torch.tensor([0, 2]))
    assert pooled.tolist() == [[0] * 3, [-1] * 3]
    pooled.sum().backward()
    assert steps.grad is not None
    assert not steps.grad[:, 0].any()


@pytest.mark.parametrize(
    "recurrent", [LSTM, GRU, FastLSTM, VariationalLSTM, RecurrentDropoutLSTM, nn.GRU]
)
def test_any_recurrent_layer_overfits_three_texts(recurrent):
    model = make(recurrent(4, 6), pooling="max").train()
    labels = torch.tensor([0, 1, 2])
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(80):
        optimiser.zero_grad()
        functional.cross_entropy(model(padded(0), LENGTHS), labels).backward()
        optimiser.step()
    assert (model.eval()(padded(0), LENGTHS).argmax(1) == labels).all()


def test_both_directions_of_ours_equal_torchs():
    theirs, ours = nn.LSTM(4, 6, bidirectional=True), LSTM(4, 6, bidirectional=True)
    ours.load_state_dict(theirs.state_dict())
    logits = [make(recurrent, 12)(padded(0), LENGTHS) for recurrent in (theirs, ours)]
    torch.testing.assert_close(*logits)


def test_weights_come_back_from_a_file(tmp_path):
    model, other = make(), make()
    nn.init.normal_(other.head.weight)
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    other.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    assert torch.equal(model(padded(0), LENGTHS), other(padded(0), LENGTHS))


def test_parameters_are_those_of_the_parts():
    assert sum(p.numel() for p in make().parameters()) == 10 * 4 + 4 * 6 * (4 + 6 + 2) + 3 * (6 + 1)


def test_an_empty_text_is_refused():
    with pytest.raises(ShapeError, match="a token at least, got an empty one"):
        make()(padded(0), torch.tensor([5, 2, 0]))


def test_an_unknown_pooling_is_refused():
    with pytest.raises(SettingError, match="one of last, mean, max, got 'first'"):
        make(pooling="first")
