"""Backpropagation through time by hand against autograd, whole and truncated."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from praktikum.sequence.bptt import (
    ArrayWeights,
    lstm_backward,
    lstm_forward,
    rnn_backward,
    rnn_forward,
)
from praktikum.sequence.errors import SettingError

GATES = {"RNN": 1, "LSTM": 4}


def problem(kind, time, batch, seed):
    """Return input, the state's parts, weights and the loss's gradients by the hidden states."""
    rng = np.random.default_rng(seed)
    features, hidden = 3, 4
    gates = GATES[kind] * hidden
    weights = ArrayWeights(
        rng.normal(size=(gates, features)), rng.normal(size=(gates, hidden)), rng.normal(size=gates)
    )
    input = rng.normal(size=(time, batch, features))
    state = [rng.normal(size=(batch, hidden)) for _ in range(1 + (kind == "LSTM"))]
    return input, state, weights, rng.normal(size=(time, batch, hidden))


def by_hand(kind, input, state, weights, grad_hiddens, chunk=None):
    """Return hidden states and the gradients by input, state and weights, in one list."""
    if kind == "RNN":
        hiddens = rnn_forward(input, *state, weights)
        grads = rnn_backward(grad_hiddens, input, *state, hiddens, weights, chunk)
        return [hiddens, grads.input, grads.hidden, *grads.weights]
    trace = lstm_forward(input, *state, weights)
    grads = lstm_backward(grad_hiddens, input, *state, trace, weights, chunk)
    return [trace.hiddens, grads.input, grads.hidden, grads.cell, *grads.weights]


def by_torch(kind, input, state, weights, grad_hiddens, chunk=None):
    """Return the same from torch's layer, run over detached chunks."""
    layer = getattr(nn, kind)(3, 4).double()
    leaves = [torch.tensor(array, requires_grad=True) for array in (input, *state, *weights)]
    x, *parts = leaves[: 1 + len(state)]
    named = dict(zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), leaves[-3:], strict=True))
    named["bias_hh_l0"] = torch.zeros(len(weights.bias), dtype=torch.float64)
    parts, outputs = [part[None] for part in parts], []
    for piece in x.split(chunk or len(x)):
        start = tuple(parts) if kind == "LSTM" else parts[0]
        output, last = torch.func.functional_call(layer, named, (piece, start))
        parts = [part.detach() for part in (last if kind == "LSTM" else (last,))]
        outputs.append(output)
    hiddens = torch.cat(outputs)
    grads = torch.autograd.grad((hiddens * torch.tensor(grad_hiddens)).sum(), leaves)
    return [tensor.detach().numpy() for tensor in (hiddens, *grads)]


@settings(max_examples=30)
@given(
    st.sampled_from(sorted(GATES)),
    st.integers(1, 7),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 8)),
)
def test_gradients_by_hand_are_those_of_autograd(kind, time, batch, chunk):
    case = problem(kind, time, batch, seed=time)
    found, expected = by_hand(kind, *case, chunk), by_torch(kind, *case, chunk)
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", GATES)
def test_a_chunk_as_long_as_the_sequence_truncates_nothing(kind):
    case = problem(kind, 5, 2, seed=0)
    for whole, chunked in zip(by_hand(kind, *case), by_hand(kind, *case, 5), strict=True):
        np.testing.assert_array_equal(whole, chunked)


@pytest.mark.parametrize("kind", GATES)
def test_huge_sums_overflow_nowhere(kind):
    input, state, weights, grad_hiddens = problem(kind, 3, 2, seed=0)
    found = by_hand(kind, input * 1e6, state, weights, grad_hiddens)
    assert all(np.isfinite(array).all() for array in found)


@pytest.mark.parametrize("kind", GATES)
def test_the_dtype_stays(kind):
    input, state, weights, grad_hiddens = problem(kind, 3, 2, seed=0)
    weights = ArrayWeights(*(array.astype(np.float32) for array in weights))
    state = [part.astype(np.float32) for part in state]
    single = (input.astype(np.float32), state, weights, grad_hiddens.astype(np.float32))
    assert {array.dtype for array in by_hand(kind, *single)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("kind", GATES)
def test_a_chunk_below_one_is_named(kind):
    with pytest.raises(SettingError, match="1 or more, got 0"):
        by_hand(kind, *problem(kind, 3, 2, seed=0), 0)
