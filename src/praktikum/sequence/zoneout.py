"""Zoneout of Krueger et al.: numbers of the state that sometimes just stay what they were.

"Zoneout: regularizing RNNs by randomly preserving hidden activations" (ICLR 2017), section 3:
with probability p a number of h or c keeps its previous value instead of taking the new one; in
evaluation each is the expectation, p · old + (1 - p) · new. Nothing is zeroed or rescaled, so
information and gradients pass through stayed numbers as through a shortcut in time.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from .cells import Weights, lstm_step
from .layers import LSTM
from .masks import check_probability, draw_bernoulli
from .recurrent_layer import State

__all__ = ["ZoneoutLSTM", "zone_out"]


def zone_out(
    old: Float[Tensor, "batch hidden"],
    new: Float[Tensor, "batch hidden"],
    p: float,
    training: bool,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch hidden"]:
    """Return `new` where each number has stayed `old` with probability p, or the expectation.

    In training `draw_bernoulli` draws from `generator` which numbers stay, each by itself; else
    the result is p · old + (1 - p) · new. With p = 0 it is `new`, and nothing is drawn.
    """
    if p == 0:
        return new
    if training:
        return torch.where(draw_bernoulli(old, p, generator), old, new)
    return p * old + (1 - p) * new


class ZoneoutLSTM(LSTM):
    """A LSTM some numbers of whose states stay as they were.

    p_hidden:    probability that a number of h stays
    p_cell:      probability that a number of c stays
    expectation: whether evaluation takes the expectation, as in the paper; else it is the plain
                 LSTM, bit by bit
    settings:    those of `LSTM`: num_layers, batch_first, bidirectional, generator …

    With both probabilities 0 it is the plain one in training, too.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        p_hidden: float = 0.05,
        p_cell: float = 0.5,
        expectation: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(input_size, hidden_size, **settings)
        self.p_hidden = check_probability("p_hidden", p_hidden)
        self.p_cell = check_probability("p_cell", p_cell)
        self.expectation = expectation

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states and the cells after every step, [time, batch, hidden] each.

        A step first makes its new h and c out of the old ones as ever (the new h out of the new c
        before any of it stays); then `zone_out` mixes first c, then h with the old ones.
        """
        if not self.training and not self.expectation:
            return super().scan(input, state, weights)
        hidden, cell = state
        hiddens, cells = [], []
        for from_input in weights.from_input(input).unbind(0):
            new_hidden, new_cell = lstm_step(from_input, hidden, cell, weights)
            cell = zone_out(cell, new_cell, self.p_cell, self.training, self.generator)
            hidden = zone_out(hidden, new_hidden, self.p_hidden, self.training, self.generator)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
