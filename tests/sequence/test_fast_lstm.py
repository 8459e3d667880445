"""The fast LSTM: its gradients by finite differences, its values by the readable forms."""

from itertools import product

import pytest
import torch
from torch import nn

from praktikum.sequence import LSTM, FastLSTM, ZoneoutLSTM
from praktikum.sequence.cells import Weights, lstm_gates
from praktikum.sequence.masked_recurrence import CellMasks, masked_recurrence

TIME, BATCH, FEATURES, HIDDEN = 5, 2, 3, 4
MASKS = list(product([False, True], repeat=4))


def a_case(used, bias=True):
    """Return input, (h, c), weights and the masks that are `used`, in float64 with gradients."""
    torch.manual_seed(0)
    shapes = [(4 * HIDDEN, FEATURES), (4 * HIDDEN, HIDDEN), *[(4 * HIDDEN,)] * 2 * bias]
    tensors = [(TIME, BATCH, FEATURES), (BATCH, HIDDEN), (BATCH, HIDDEN), *shapes]
    leaves = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in tensors]
    sizes = [(BATCH, HIDDEN), *[(TIME, BATCH, HIDDEN)] * 3]
    masks = [torch.rand(size, dtype=torch.float64) for size in sizes]
    masks = [mask if use else None for mask, use in zip(masks, used, strict=True)]
    return leaves, CellMasks(*masks)


def run(masks, input, hidden, cell, *weights):
    return masked_recurrence(input, hidden, cell, Weights(*weights), masks)


def mix(stays, t, old, new):
    return new if stays is None else stays[t] * old + (1 - stays[t]) * new


def by_autograd(masks, input, hidden, cell, *weights):
    """Return the same states by the plain loop, masks multiplied where the papers put them."""
    weights = Weights(*weights)
    hiddens, cells = [], []
    for t, from_input in enumerate(weights.from_input(input)):
        seen = hidden if masks.hidden is None else hidden * masks.hidden
        i, f, g, o = lstm_gates(from_input, seen, weights)
        new_cell = f * cell + i * (g if masks.update is None else g * masks.update[t])
        hidden = mix(masks.hidden_stays, t, hidden, o * new_cell.tanh())
        cell = mix(masks.cell_stays, t, cell, new_cell)
        hiddens.append(hidden)
        cells.append(cell)
    return torch.stack(hiddens), torch.stack(cells)


@pytest.mark.parametrize("used", MASKS)
@pytest.mark.parametrize("block", [1, 2, 1 << 18], ids=["block 1", "block 2", "one block"])
@pytest.mark.parametrize("looked_at", [(1, 0), (0, 1), (1, 1)], ids=["h", "c", "both"])
def test_values_and_gradients_are_those_of_the_plain_loop(used, block, looked_at, monkeypatch):
    numbers_of_a_step = 4 * BATCH * HIDDEN
    monkeypatch.setattr("praktikum.sequence.masked_recurrence.BLOCK", block * numbers_of_a_step)
    leaves, masks = a_case(used)
    results = run(masks, *leaves), by_autograd(masks, *leaves)
    torch.testing.assert_close(*results, rtol=0, atol=1e-12)
    weights = torch.randn(2, TIME, BATCH, HIDDEN, dtype=torch.float64)
    grads = []
    for states in results:
        loss = sum(
            (weight * part).sum()
            for weight, part, counts in zip(weights, states, looked_at, strict=True)
            if counts
        )
        grads.append(torch.autograd.grad(loss, leaves))
    torch.testing.assert_close(*grads, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("used", [(False,) * 4, (True,) * 4])
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_agree_with_finite_differences(used, bias):
    leaves, masks = a_case(used, bias)
    assert torch.autograd.gradcheck(lambda *tensors: run(masks, *tensors), leaves)


@pytest.mark.parametrize(
    "settings",
    [{}, {"num_layers": 2, "bidirectional": True, "bias": False}, {"batch_first": True}],
)
def test_without_masks_it_is_torchs_lstm(settings):
    torch.manual_seed(0)
    theirs = nn.LSTM(FEATURES, HIDDEN, **settings)
    ours = FastLSTM(FEATURES, HIDDEN, **settings)
    ours.load_state_dict(theirs.state_dict())
    input = torch.randn(9, BATCH, FEATURES, requires_grad=True)
    results = [(layer(input)[0], layer) for layer in (ours, theirs)]
    torch.testing.assert_close(results[0][0], results[1][0], rtol=1e-6, atol=1e-6)
    grads = [
        torch.autograd.grad(output.square().sum(), [input, *layer.parameters()])
        for output, layer in results
    ]
    torch.testing.assert_close(*grads, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("p", ["p_input", "p_hidden", "p_update", "p_hidden_stays", "p_cell_stays"])
def test_in_evaluation_dropouts_are_gone(p):
    layer, plain = FastLSTM(FEATURES, HIDDEN, **{p: 0.5}), LSTM(FEATURES, HIDDEN)
    plain.load_state_dict(layer.state_dict())
    input = torch.randn(TIME, BATCH, FEATURES)
    assert not torch.allclose(layer(input)[0], plain(input)[0], atol=1e-4)
    torch.testing.assert_close(layer.eval()(input)[0], plain(input)[0], rtol=0, atol=0)


def test_dropped_features_reach_no_weight():
    """p_input and p_hidden drop what the matrices see; stays and updates drop other things."""
    torch.manual_seed(0)
    layer = FastLSTM(30, 30, p_input=0.5, p_hidden=0.5)
    layer(torch.ones(TIME, 1, 30))[0].sum().backward()
    for weight in (layer.weight_ih_l0, layer.weight_hh_l0):
        silent = (weight.grad == 0).all(dim=0).double().mean().item()
        assert 0.2 < silent < 0.8


def test_in_evaluation_zoneout_is_its_expectation():
    torch.manual_seed(0)
    stays = {"p_hidden_stays": 0.3, "p_cell_stays": 0.6}
    layer = FastLSTM(FEATURES, HIDDEN, **stays, expectation=True).double().eval()
    slow = ZoneoutLSTM(FEATURES, HIDDEN, 0.3, 0.6, expectation=True).double().eval()
    slow.load_state_dict(layer.state_dict())
    input = torch.randn(TIME, BATCH, FEATURES, dtype=torch.float64)
    torch.testing.assert_close(layer(input), slow(input), rtol=0, atol=1e-12)


def test_the_same_graph_can_be_walked_back_twice():
    leaves, masks = a_case((True,) * 4)
    loss = run(masks, *leaves)[0].sum()
    first = torch.autograd.grad(loss, leaves, retain_graph=True)
    torch.testing.assert_close(first, torch.autograd.grad(loss, leaves), rtol=0, atol=0)
