"""Recurrent layers over whole sequences: RNN, GRU and LSTM.

They are what `torch.nn.RNN`, `GRU` and `LSTM` are, written out: stacked, bidirectional, with
lengths or packed sequences, the same results and gradients. The input goes through its matrix for
all steps at once; `unbind` hands out the steps, because indexing `from_input[t]` in the loop would
write a gradient of full size in every step.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from .cells import Nonlinearity, Weights, gru_step, lstm_step, rnn_step
from .errors import SettingError
from .recurrent_layer import RecurrentLayer, State

__all__ = ["GRU", "LSTM", "RNN"]


class _OneStateLayer(RecurrentLayer):
    """A layer whose state is h alone."""

    def forward(
        self,
        input: Tensor | PackedSequence,
        state: Tensor | None = None,
        lengths: Tensor | None = None,
    ) -> tuple[Tensor | PackedSequence, Tensor]:
        """Return the states after every step and the last ones.

        input:   [time, batch, features] ([batch, time, features] with `batch_first`), or a
                 PackedSequence; the output is of the same kind
        state:   what to start from, [layers * directions, batch, hidden]; None is zeros
        lengths: steps of each sequence, integers [batch]; beyond them the output is 0, and the
                 last state is that after a sequence's own last step. None: all have every step

        Raises ShapeError.
        """
        output, (hidden,) = self._forward(input, None if state is None else (state,), lengths)
        return output, hidden


class RNN(_OneStateLayer):
    """The plain recurrent layer, with tanh or ReLU. Equal to `torch.nn.RNN`.

    Takes what `RecurrentLayer` takes, and `nonlinearity`: "tanh" or "relu".
    """

    n_gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Nonlinearity = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            generator=generator,
        )
        if nonlinearity not in ("tanh", "relu"):
            raise SettingError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        self.nonlinearity: Nonlinearity = nonlinearity

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states after every step, [time, batch, hidden]."""
        (hidden,) = state
        hiddens = []
        for from_input in weights.from_input(input).unbind(0):
            hidden = rnn_step(from_input, hidden, weights, self.nonlinearity)
            hiddens.append(hidden)
        return (torch.stack(hiddens),)


class GRU(_OneStateLayer):
    """The layer of gated recurrent units. Equal to `torch.nn.GRU`."""

    n_gates = 3

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states after every step, [time, batch, hidden]."""
        (hidden,) = state
        hiddens = []
        for from_input in weights.from_input(input).unbind(0):
            hidden = gru_step(from_input, hidden, weights)
            hiddens.append(hidden)
        return (torch.stack(hiddens),)


class LSTM(RecurrentLayer):
    """The layer of long short-term memory. Equal to `torch.nn.LSTM`."""

    n_gates = 4
    n_states = 2

    def forward(
        self,
        input: Tensor | PackedSequence,
        state: tuple[Tensor, Tensor] | None = None,
        lengths: Tensor | None = None,
    ) -> tuple[Tensor | PackedSequence, tuple[Tensor, Tensor]]:
        """Return the hidden states after every step, and the last (h, c).

        input:   [time, batch, features] ([batch, time, features] with `batch_first`), or a
                 PackedSequence; the output is of the same kind
        state:   (h, c) to start from, [layers * directions, batch, hidden] each; None is zeros
        lengths: steps of each sequence, integers [batch]; beyond them the output is 0, and the
                 last state is that after a sequence's own last step. None: all have every step

        Raises ShapeError.
        """
        output, (hidden, cell) = self._forward(input, state, lengths)
        return output, (hidden, cell)

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states and the cells after every step, [time, batch, hidden] each."""
        hidden, cell = state
        hiddens, cells = [], []
        for from_input in weights.from_input(input).unbind(0):
            hidden, cell = lstm_step(from_input, hidden, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
