"""One step of a recurrent network: RNN, GRU and LSTM, as functions and as modules.

Elman, 1990, "Finding structure in time"; Hochreiter, Schmidhuber, 1997, "Long short-term memory"
with the forget gate of Gers, Schmidhuber, Cummins, 2000; Cho et al., 2014, "Learning phrase
representations using RNN encoder-decoder". Names and layouts of the parameters are torch's, so
weights can be exchanged: gates lie one under another, i f g o for the LSTM and r z n for the GRU.

A step takes `from_input` = W_ih x + b_ih ready: over a whole sequence that is one large matrix
product instead of T small ones, and only what depends on the previous state is left in the loop.
Left out: peepholes and projections.
"""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError, ShapeError

__all__ = [
    "GRUCell",
    "LSTMCell",
    "Nonlinearity",
    "RNNCell",
    "Weights",
    "gru_step",
    "lstm_gates",
    "lstm_step",
    "rnn_step",
]

Nonlinearity = str  # "tanh" or "relu"


class Weights(NamedTuple):
    """Parameters of one direction of one layer; the biases are both there or both None."""

    weight_ih: Float[Tensor, "gates features"]
    weight_hh: Float[Tensor, "gates hidden"]
    bias_ih: Float[Tensor, " gates"] | None = None
    bias_hh: Float[Tensor, " gates"] | None = None

    def from_input(self, input: Float[Tensor, "*steps features"]) -> Float[Tensor, "*steps gates"]:
        """Return W_ih x + b_ih of every step at once."""
        return functional.linear(input, self.weight_ih, self.bias_ih)

    def from_hidden(self, hidden: Float[Tensor, "batch hidden"]) -> Float[Tensor, "batch gates"]:
        """Return W_hh h + b_hh."""
        return functional.linear(hidden, self.weight_hh, self.bias_hh)


def rnn_step(
    from_input: Float[Tensor, "batch hidden"],
    hidden: Float[Tensor, "batch hidden"],
    weights: Weights,
    nonlinearity: Nonlinearity = "tanh",
) -> Float[Tensor, "batch hidden"]:
    """Return h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or the same with ReLU."""
    total = from_input + weights.from_hidden(hidden)
    return total.tanh() if nonlinearity == "tanh" else total.relu()


def gru_step(
    from_input: Float[Tensor, "batch gates"],
    hidden: Float[Tensor, "batch hidden"],
    weights: Weights,
) -> Float[Tensor, "batch hidden"]:
    """Return h' = (1 - z) n + z h: the new n where the gate z is shut, the old h where it is open.

    r and z are sigmoids of their sums; n = tanh(W_in x + b_in + r (W_hn h + b_hn)). The reset gate
    stands after the matrix, as in torch and cuDNN; in the paper it stands before.
    """
    input_r, input_z, input_n = from_input.chunk(3, dim=1)
    hidden_r, hidden_z, hidden_n = weights.from_hidden(hidden).chunk(3, dim=1)
    r = torch.sigmoid(input_r + hidden_r)
    z = torch.sigmoid(input_z + hidden_z)
    n = torch.tanh(input_n + r * hidden_n)
    return n + z * (hidden - n)


def lstm_gates(
    from_input: Float[Tensor, "batch gates"],
    hidden: Float[Tensor, "batch hidden"],
    weights: Weights,
) -> tuple[
    Float[Tensor, "batch hidden"],
    Float[Tensor, "batch hidden"],
    Float[Tensor, "batch hidden"],
    Float[Tensor, "batch hidden"],
]:
    """Return the gates i (input), f (forget), g (the cell's update), o (output) after activation.

    i, f and o are sigmoids, g is a tanh.
    """
    i, f, g, o = (from_input + weights.from_hidden(hidden)).chunk(4, dim=1)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def lstm_step(
    from_input: Float[Tensor, "batch gates"],
    hidden: Float[Tensor, "batch hidden"],
    cell: Float[Tensor, "batch hidden"],
    weights: Weights,
) -> tuple[Float[Tensor, "batch hidden"], Float[Tensor, "batch hidden"]]:
    """Return h' = o tanh(c') and c' = f c + i g."""
    i, f, g, o = lstm_gates(from_input, hidden, weights)
    cell = f * cell + i * g
    return o * cell.tanh(), cell


class _Cell(nn.Module):
    """The parameters of a cell, under torch's names and with torch's start."""

    n_gates: ClassVar[int]
    bias_ih: nn.Parameter | None
    bias_hh: nn.Parameter | None

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__()
        if min(input_size, hidden_size) < 1:
            raise SettingError(
                f"input_size and hidden_size must be 1 or more, got {input_size} and {hidden_size}"
            )
        self.input_size, self.hidden_size = input_size, hidden_size
        gates, bound = self.n_gates * hidden_size, 1 / math.sqrt(hidden_size)
        self.weight_ih = nn.Parameter(torch.empty(gates, input_size))
        self.weight_hh = nn.Parameter(torch.empty(gates, hidden_size))
        self.register_parameter("bias_ih", nn.Parameter(torch.empty(gates)) if bias else None)
        self.register_parameter("bias_hh", nn.Parameter(torch.empty(gates)) if bias else None)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    @property
    def weights(self) -> Weights:
        """The four parameters together."""
        return Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)

    def extra_repr(self) -> str:
        """Return the sizes, for `repr`."""
        return f"{self.input_size}, {self.hidden_size}, bias={self.bias_ih is not None}"

    def _from_input(self, input: Tensor) -> Tensor:
        if input.ndim != 2 or input.shape[1] != self.input_size:
            raise ShapeError(
                f"a cell takes one step, (batch, {self.input_size}), got {tuple(input.shape)}"
            )
        return self.weights.from_input(input)

    def _or_zeros(self, state: Tensor | None, input: Tensor) -> Tensor:
        if state is None:
            return input.new_zeros(len(input), self.hidden_size)
        if state.shape != (len(input), self.hidden_size):
            raise ShapeError(
                f"the state must be (batch, hidden) = ({len(input)}, {self.hidden_size}), "
                f"got {tuple(state.shape)}"
            )
        return state


class RNNCell(_Cell):
    """The step of a plain recurrent network. Equal to `torch.nn.RNNCell`."""

    n_gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: Nonlinearity = "tanh",
    ) -> None:
        super().__init__(input_size, hidden_size, bias)
        if nonlinearity not in ("tanh", "relu"):
            raise SettingError(f"nonlinearity must be 'tanh' or 'relu', got {nonlinearity!r}")
        self.nonlinearity: Nonlinearity = nonlinearity

    def forward(
        self,
        input: Float[Tensor, "batch features"],
        state: Tensor | None = None,
    ) -> Float[Tensor, "batch hidden"]:
        """Return the next hidden state; `state` is [batch, hidden], None is zeros."""
        from_input = self._from_input(input)
        return rnn_step(from_input, self._or_zeros(state, input), self.weights, self.nonlinearity)


class GRUCell(_Cell):
    """The step of a gated recurrent unit. Equal to `torch.nn.GRUCell`."""

    n_gates = 3

    def forward(
        self,
        input: Float[Tensor, "batch features"],
        state: Tensor | None = None,
    ) -> Float[Tensor, "batch hidden"]:
        """Return the next hidden state; `state` is [batch, hidden], None is zeros."""
        return gru_step(self._from_input(input), self._or_zeros(state, input), self.weights)


class LSTMCell(_Cell):
    """The step of a long short-term memory. Equal to `torch.nn.LSTMCell`."""

    n_gates = 4

    def forward(
        self,
        input: Float[Tensor, "batch features"],
        state: tuple[Tensor, Tensor] | None = None,
    ) -> tuple[Float[Tensor, "batch hidden"], Float[Tensor, "batch hidden"]]:
        """Return the next (h, c); the parts of `state` are [batch, hidden], None is zeros."""
        hidden, cell = state or (None, None)
        from_input = self._from_input(input)
        hidden, cell = self._or_zeros(hidden, input), self._or_zeros(cell, input)
        return lstm_step(from_input, hidden, cell, self.weights)
