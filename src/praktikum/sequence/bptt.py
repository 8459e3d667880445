"""Backpropagation through time by hand, in NumPy: a plain recurrent network and a LSTM.

Werbos, 1990, "Backpropagation through time: what it does and how to do it". A network that is
unrolled over T steps is a deep one of T layers with the same weights: going back, the gradient of
the state is handed from each step to the one before, and the gradients of the weights are sums
over steps. Truncated: Williams, Peng, 1990, "An efficient gradient-based algorithm for on-line
training of recurrent network trajectories". Everything is written for one layer and one direction,
to be read; torch is its oracle in the tests.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from .errors import SettingError

__all__ = [
    "ArrayWeights",
    "Gradients",
    "LSTMTrace",
    "lstm_backward",
    "lstm_forward",
    "rnn_backward",
    "rnn_forward",
]


class ArrayWeights(NamedTuple):
    """Parameters of a layer as arrays, laid out as in torch; `gates` is H, and 4H for a LSTM.

    The bias is one: torch's `bias_ih + bias_hh`.
    """

    weight_ih: Float[np.ndarray, "gates features"]
    weight_hh: Float[np.ndarray, "gates hidden"]
    bias: Float[np.ndarray, " gates"]


class Gradients(NamedTuple):
    """Gradients of a loss by what a layer was given; `cell` is None for a plain network."""

    input: Float[np.ndarray, "time batch features"]
    hidden: Float[np.ndarray, "batch hidden"]
    cell: Float[np.ndarray, "batch hidden"] | None
    weights: ArrayWeights


def rnn_forward(
    input: Float[np.ndarray, "time batch features"],
    hidden: Float[np.ndarray, "batch hidden"],
    weights: ArrayWeights,
) -> Float[np.ndarray, "time batch hidden"]:
    """Return h_t = tanh(W_ih x_t + W_hh h_{t-1} + b) for every step; `hidden` is h before them."""
    hiddens = np.empty((len(input), *hidden.shape), hidden.dtype)
    for t, x in enumerate(input):
        hidden = np.tanh(x @ weights.weight_ih.T + hidden @ weights.weight_hh.T + weights.bias)
        hiddens[t] = hidden
    return hiddens


def rnn_backward(
    grad_hiddens: Float[np.ndarray, "time batch hidden"],
    input: Float[np.ndarray, "time batch features"],
    hidden: Float[np.ndarray, "batch hidden"],
    hiddens: Float[np.ndarray, "time batch hidden"],
    weights: ArrayWeights,
    chunk: int | None = None,
) -> Gradients:
    """Return the gradients of a loss by everything that `rnn_forward` was given.

    `grad_hiddens[t]` is the gradient of the loss by h_t as far as the loss looks at h_t itself;
    what comes to h_t through later steps is added here. `hiddens` is what `rnn_forward` returned.

    With `chunk` the pass is truncated: steps 0 … chunk - 1, chunk … 2·chunk - 1, … are apart, and
    no gradient goes from the first step of a chunk to the last one of the chunk before it. The
    states still do, so the values are those of the whole sequence. The gradient by `hidden` is
    that of the first chunk.

    Raises SettingError: a chunk below 1.
    """
    _check_chunk(chunk)
    grad_input = np.empty_like(input)
    grad_sums = np.empty_like(hiddens)
    from_later = np.zeros_like(hidden)
    for t in reversed(range(len(input))):
        grad_hidden = grad_hiddens[t] + from_later
        grad_sums[t] = grad_hidden * (1 - hiddens[t] ** 2)  # through tanh
        grad_input[t] = grad_sums[t] @ weights.weight_ih
        from_later = grad_sums[t] @ weights.weight_hh
        if chunk is not None and t % chunk == 0 and t > 0:
            from_later = np.zeros_like(hidden)
    old_hiddens = np.concatenate((hidden[None], hiddens[:-1]))
    grad_weights = _over_steps(grad_sums, input, old_hiddens)
    return Gradients(grad_input, from_later, None, grad_weights)


class LSTMTrace(NamedTuple):
    """What `lstm_forward` computed: the gates after activation and the states, for every step."""

    i: Float[np.ndarray, "time batch hidden"]
    f: Float[np.ndarray, "time batch hidden"]
    g: Float[np.ndarray, "time batch hidden"]
    o: Float[np.ndarray, "time batch hidden"]
    cells: Float[np.ndarray, "time batch hidden"]
    hiddens: Float[np.ndarray, "time batch hidden"]


def lstm_forward(
    input: Float[np.ndarray, "time batch features"],
    hidden: Float[np.ndarray, "batch hidden"],
    cell: Float[np.ndarray, "batch hidden"],
    weights: ArrayWeights,
) -> LSTMTrace:
    """Return the gates and the states of every step.

    c_t = f c_{t-1} + i g and h_t = o tanh(c_t); i, f, o are sigmoids and g a tanh of the four
    parts of W_ih x_t + W_hh h_{t-1} + b, in the order i f g o.
    """
    trace = LSTMTrace(*(np.empty((len(input), *hidden.shape), hidden.dtype) for _ in range(6)))
    for t, x in enumerate(input):
        sums = x @ weights.weight_ih.T + hidden @ weights.weight_hh.T + weights.bias
        i, f, g, o = np.split(sums, 4, axis=1)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        cell = f * cell + i * g
        hidden = o * np.tanh(cell)
        for array, value in zip(trace, (i, f, g, o, cell, hidden), strict=True):
            array[t] = value
    return trace


def lstm_backward(
    grad_hiddens: Float[np.ndarray, "time batch hidden"],
    input: Float[np.ndarray, "time batch features"],
    hidden: Float[np.ndarray, "batch hidden"],
    cell: Float[np.ndarray, "batch hidden"],
    trace: LSTMTrace,
    weights: ArrayWeights,
    chunk: int | None = None,
) -> Gradients:
    """Return the gradients of a loss by everything that `lstm_forward` was given.

    `grad_hiddens[t]` is the gradient of the loss by h_t as far as the loss looks at h_t itself;
    the cells it sees through the hidden states only. `trace` is what `lstm_forward` returned.
    `chunk` truncates as in `rnn_backward`, on the way of h and on that of c.

    Raises SettingError: a chunk below 1.
    """
    _check_chunk(chunk)
    grad_input = np.empty_like(input)
    grad_sums = np.empty((*trace.i.shape[:2], len(weights.bias)), input.dtype)
    old_cells = np.concatenate((cell[None], trace.cells[:-1]))
    hidden_from_later, cell_from_later = np.zeros_like(hidden), np.zeros_like(cell)
    for t in reversed(range(len(input))):
        i, f, g, o = (gate[t] for gate in trace[:4])
        tanh_cell = np.tanh(trace.cells[t])
        grad_hidden = grad_hiddens[t] + hidden_from_later
        grad_cell = cell_from_later + grad_hidden * o * (1 - tanh_cell**2)
        grad_sums[t] = np.concatenate(
            (
                grad_cell * g * i * (1 - i),
                grad_cell * old_cells[t] * f * (1 - f),
                grad_cell * i * (1 - g**2),
                grad_hidden * tanh_cell * o * (1 - o),
            ),
            axis=1,
        )
        grad_input[t] = grad_sums[t] @ weights.weight_ih
        hidden_from_later, cell_from_later = grad_sums[t] @ weights.weight_hh, grad_cell * f
        if chunk is not None and t % chunk == 0 and t > 0:
            hidden_from_later, cell_from_later = np.zeros_like(hidden), np.zeros_like(cell)
    old_hiddens = np.concatenate((hidden[None], trace.hiddens[:-1]))
    grad_weights = _over_steps(grad_sums, input, old_hiddens)
    return Gradients(grad_input, hidden_from_later, cell_from_later, grad_weights)


def _over_steps(
    grad_sums: Float[np.ndarray, "time batch gates"],
    input: Float[np.ndarray, "time batch features"],
    old_hiddens: Float[np.ndarray, "time batch hidden"],
) -> ArrayWeights:
    """Return the gradients by the weights: each step uses the same ones, so theirs add up."""
    return ArrayWeights(
        np.einsum("tbg,tbf->gf", grad_sums, input),
        np.einsum("tbg,tbh->gh", grad_sums, old_hiddens),
        grad_sums.sum(axis=(0, 1)),
    )


def _sigmoid(x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return 1 / (1 + exp(-x)), by a tanh: it overflows nowhere."""
    result: Float[np.ndarray, "*shape"] = (1 + np.tanh(x / 2)) / 2
    return result


def _check_chunk(chunk: int | None) -> None:
    if chunk is not None and chunk < 1:
        raise SettingError(f"chunk is a number of steps and must be 1 or more, got {chunk}")
