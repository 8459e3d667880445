"""Recurrent cells and layers against torch's own: values, gradients, lengths, packing."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from praktikum.sequence import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from praktikum.sequence.errors import SettingError, ShapeError
from praktikum.sequence.lengths import mask_of_lengths, reverse_sequences

LAYERS = {"RNN": (RNN, nn.RNN), "GRU": (GRU, nn.GRU), "LSTM": (LSTM, nn.LSTM)}
CELLS = {
    "RNN": (RNNCell, nn.RNNCell),
    "GRU": (GRUCell, nn.GRUCell),
    "LSTM": (LSTMCell, nn.LSTMCell),
}
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-6}
kinds = st.sampled_from(sorted(LAYERS))


def pair_of(kind, dtype=torch.float64, table=LAYERS, **settings):
    """Return our layer and torch's with the same weights."""
    ours, theirs = (make(3, 5, **settings).to(dtype) for make in table[kind])
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def flat(result):
    """Return the tensors of (output, state) in one list, a packed output by its data."""
    output, state = result
    output = output.data if isinstance(output, nn.utils.rnn.PackedSequence) else output
    return [output, *(state if isinstance(state, tuple) else (state,))]


def assert_same_with_gradients(ours, theirs, inputs, tolerance=1e-12, **keywords):
    """Compare results and the gradients of a random product with them, by parameters and inputs."""
    found, expected = flat(ours(*inputs, **keywords)), flat(theirs(*inputs))
    weights = [torch.randn_like(tensor) for tensor in expected]
    leaves = [tensor for tensor in inputs if isinstance(tensor, torch.Tensor)]
    leaves = [tensor for tensor in leaves if tensor.requires_grad]
    for mine, other in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, other, rtol=tolerance, atol=tolerance)
    mine, other = (
        torch.autograd.grad(
            sum((weight * tensor).sum() for weight, tensor in zip(weights, tensors, strict=True)),
            [*module.parameters(), *leaves],
        )
        for module, tensors in ((ours, found), (theirs, expected))
    )
    for one, two in zip(mine, other, strict=True):
        torch.testing.assert_close(one, two, rtol=10 * tolerance, atol=10 * tolerance)


def start_of(kind, layers, batch, dtype=torch.float64):
    """Return a random state as the layer of this kind takes it."""
    parts = [torch.randn(layers, batch, 5, dtype=dtype) for _ in range(1 + (kind == "LSTM"))]
    return tuple(parts) if kind == "LSTM" else parts[0]


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("bias", [True, False])
def test_a_cell_and_its_gradients_are_those_of_torch(kind, bias):
    torch.manual_seed(0)
    ours, theirs = pair_of(kind, table=CELLS, bias=bias)
    input = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    state = start_of(kind, 4, 4)
    state = tuple(part[0] for part in state) if kind == "LSTM" else state[0]
    for inputs in ((input,), (input, state)):
        found, expected = (module(*inputs) for module in (ours, theirs))
        pairs = zip(found, expected, strict=True) if kind == "LSTM" else [(found, expected)]
        for mine, other in pairs:
            torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-12)
            grads = [
                torch.autograd.grad(x.sin().sum(), [input, *m.parameters()], retain_graph=True)
                for x, m in ((mine, ours), (other, theirs))
            ]
            for one, two in zip(*grads, strict=True):
                torch.testing.assert_close(one, two, rtol=1e-11, atol=1e-12)


@settings(max_examples=40)
@given(
    kinds,
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.integers(1, 5),
    st.integers(1, 4),
    st.booleans(),
)
def test_a_layer_and_its_gradients_are_those_of_torch(
    kind, num_layers, bidirectional, bias, time, batch, batch_first
):
    torch.manual_seed(time)
    settings = {"num_layers": num_layers, "bidirectional": bidirectional, "bias": bias}
    ours, theirs = pair_of(kind, batch_first=batch_first, **settings)
    shape = (batch, time, 3) if batch_first else (time, batch, 3)
    input = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    state = start_of(kind, num_layers * (1 + bidirectional), batch)
    assert_same_with_gradients(ours, theirs, (input,))
    assert_same_with_gradients(ours, theirs, (input, state))


@pytest.mark.parametrize("kind", LAYERS)
def test_in_float32_a_layer_is_torchs_to_a_millionth(kind):
    torch.manual_seed(0)
    ours, theirs = pair_of(kind, torch.float32, num_layers=2)
    input = torch.randn(20, 4, 3, requires_grad=True)
    assert_same_with_gradients(ours, theirs, (input,), tolerance=1e-6)


def test_a_relu_network_is_torchs():
    torch.manual_seed(0)
    ours, theirs = pair_of("RNN", nonlinearity="relu")
    input = torch.randn(6, 2, 3, dtype=torch.float64, requires_grad=True)
    assert_same_with_gradients(ours, theirs, (input,))


@settings(max_examples=40)
@given(kinds, st.booleans(), st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_a_packed_batch_is_that_of_torch(kind, bidirectional, lengths):
    torch.manual_seed(len(lengths))
    ours, theirs = pair_of(kind, num_layers=2, bidirectional=bidirectional)
    padded = torch.randn(max(lengths), len(lengths), 3, dtype=torch.float64)
    packed = pack_padded_sequence(padded, torch.tensor(lengths), enforce_sorted=False)
    state = start_of(kind, 2 * (1 + bidirectional), len(lengths))
    found, expected = ours(packed, state)[0], theirs(packed, state)[0]
    for mine, other in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-12)
    assert_same_with_gradients(ours, theirs, (packed, state))


@settings(max_examples=40)
@given(kinds, st.booleans(), st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_lengths_do_what_packing_does(kind, bidirectional, lengths):
    torch.manual_seed(len(lengths))
    ours, theirs = pair_of(kind, num_layers=2, bidirectional=bidirectional)
    padded = torch.randn(7, len(lengths), 3, dtype=torch.float64)
    lengths = torch.tensor(lengths)

    def packed_by_torch(input, state):
        output, final = theirs(pack_padded_sequence(input, lengths, enforce_sorted=False), state)
        return pad_packed_sequence(output, total_length=7)[0], final

    packed_by_torch.parameters = theirs.parameters
    state = start_of(kind, 2 * (1 + bidirectional), len(lengths))
    padded.requires_grad_()
    assert_same_with_gradients(ours, packed_by_torch, (padded, state), lengths=lengths)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("garbage", [1e30, float("nan"), float("inf")])
def test_what_stands_in_the_padding_changes_nothing(kind, garbage):
    torch.manual_seed(0)
    layer, _ = pair_of(kind, num_layers=2, bidirectional=True)
    clean, dirty = torch.zeros(2, 5, 3, 3, dtype=torch.float64)
    clean[:] = dirty[:] = torch.randn(5, 3, 3)
    lengths = torch.tensor([2, 5, 3])
    dirty[~mask_of_lengths(lengths, 5)] = garbage
    for one, two in zip(*(flat(layer(x, lengths=lengths)) for x in (clean, dirty)), strict=True):
        assert torch.equal(one, two)


def test_an_empty_sequence_keeps_its_first_state():
    torch.manual_seed(0)
    layer, _ = pair_of("LSTM")
    state = start_of("LSTM", 1, 2)
    input = torch.randn(3, 2, 3, dtype=torch.float64)
    output, final = layer(input, state, torch.tensor([0, 3]))
    assert not output[:, 0].any()
    for last, first in zip(final, state, strict=True):
        assert torch.equal(last[:, 0], first[:, 0])


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("table", [LAYERS, CELLS], ids=["layer", "cell"])
def test_the_start_is_torchs_under_the_same_seed(kind, table):
    settings = {} if table is CELLS else {"num_layers": 2, "bidirectional": True}
    states = []
    for make in table[kind]:
        torch.manual_seed(3)
        states.append(make(3, 5, **settings).state_dict())
    assert list(states[0]) == list(states[1])
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_dropout_between_layers_is_in_training_only_and_not_after_the_last():
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(1)
    layer = LSTM(3, 5, 2, dropout=0.9, generator=generator)
    plain = LSTM(3, 5, 2)
    plain.load_state_dict(layer.state_dict())
    input = torch.randn(6, 4, 3)
    assert not torch.allclose(layer(input)[0], plain(input)[0])
    assert not (layer(input)[0] == 0).any()
    assert torch.equal(layer.eval()(input)[0], plain(input)[0])
    only = LSTM(3, 5, dropout=0.9)
    assert torch.equal(only(input)[0], only(input)[0])


def test_reversing_keeps_padding_in_its_place():
    steps = torch.arange(4.0)[:, None, None].expand(4, 2, 1)
    turned = reverse_sequences(steps, torch.tensor([2, 4]))
    assert turned[:, :, 0].T.tolist() == [[1, 0, 2, 3], [3, 2, 1, 0]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda layer: layer(torch.zeros(4, 3)), r"\[time, batch, 3\] with a step at least"),
        (lambda layer: layer(torch.zeros(4, 2, 6)), r"got \[4, 2, 6\]"),
        (lambda layer: layer(torch.zeros(0, 2, 3)), r"a step at least, got \[0, 2, 3\]"),
        (
            lambda layer: layer(torch.zeros(4, 2, 3), (torch.zeros(1, 3, 5),) * 2),
            r"= \[1, 2, 5\], got \[\[1, 3, 5\], \[1, 3, 5\]\]",
        ),
        (
            lambda layer: layer(torch.zeros(4, 2, 3), lengths=torch.tensor([1, 5])),
            "between 0 and the 4 steps of the input, got 1 to 5",
        ),
        (
            lambda layer: layer(torch.zeros(4, 2, 3), lengths=torch.tensor([1])),
            "lengths must be 2 integers",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_named(call, said):
    with pytest.raises(ShapeError, match=said):
        call(LSTM(3, 5))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: LSTM(3, 0), "must be 1 or more, got 3, 0 and 1"),
        (lambda: LSTM(3, 5, dropout=1.0), "0 <= dropout < 1, got 1.0"),
        (lambda: RNN(3, 5, nonlinearity="sine"), "'tanh' or 'relu', got 'sine'"),
        (lambda: RNNCell(3, 5, nonlinearity="sine"), "'tanh' or 'relu', got 'sine'"),
        (lambda: GRUCell(0, 5), "must be 1 or more, got 0 and 5"),
    ],
)
def test_a_setting_out_of_range_is_named(make, said):
    with pytest.raises(SettingError, match=said):
        make()


def test_a_cell_says_which_shape_it_takes():
    with pytest.raises(ShapeError, match=r"one step, \(batch, 3\), got \(4, 2\)"):
        LSTMCell(3, 5)(torch.zeros(4, 2))
    with pytest.raises(ShapeError, match=r"\(batch, hidden\) = \(4, 5\), got \(4, 6\)"):
        LSTMCell(3, 5)(torch.zeros(4, 3), (torch.zeros(4, 5), torch.zeros(4, 6)))
