"""Recurrent dropout of Semeniuta, Severyn and Barth: only what is new in the cell is dropped.

"Recurrent dropout without memory loss" (COLING 2016), equation 14: c' = f c + i d(g). What the
cell already remembers never passes through a mask, so it survives any number of steps, also when
the mask is drawn afresh at each of them.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from .cells import Weights, lstm_gates
from .layers import LSTM
from .masks import check_probability, dropout_mask
from .recurrent_layer import State

__all__ = ["RecurrentDropoutLSTM"]


class RecurrentDropoutLSTM(LSTM):
    """A LSTM whose cell update g loses features in training.

    p:        probability of dropping a number of the update
    per_step: draw a mask at every step (the paper's own proposal) or one for the whole sequence
    settings: those of `LSTM`: num_layers, batch_first, bidirectional, generator …

    In evaluation, and with p = 0, it is the `LSTM` bit by bit.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        p: float = 0.5,
        per_step: bool = True,
        **settings: Any,
    ) -> None:
        super().__init__(input_size, hidden_size, **settings)
        self.p = check_probability("p", p)
        self.per_step = per_step

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states and the cells after every step, [time, batch, hidden] each.

        In training the update g of each step is multiplied by a mask, [batch, hidden], drawn by
        `dropout_mask` from `self.generator`: before the step where `per_step`, else once for all
        steps. f, i, o and the old cell are not masked.
        """
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        mask = dropout_mask(cell, self.p, self.generator)
        hiddens, cells = [], []
        for step, from_input in enumerate(weights.from_input(input).unbind(0)):
            if self.per_step and step:
                mask = dropout_mask(cell, self.p, self.generator)
            i, f, g, o = lstm_gates(from_input, hidden, weights)
            cell = f * cell + i * (mask * g)
            hidden = o * cell.tanh()
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)
