"""One fast LSTM for all dropouts of the cell, with backpropagation through time by hand.

`FastLSTM` does what `VariationalLSTM`, `RecurrentDropoutLSTM` and `ZoneoutLSTM` do, alone or
together, in about the time of `torch.nn.LSTM` (benchmarks/recurrent.py). The mathematics is in
their modules; here is how it gets fast in plain torch. See `masked_recurrence`.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from .cells import Weights
from .layers import LSTM
from .masked_recurrence import CellMasks, masked_recurrence
from .masks import check_probability, draw_bernoulli, dropout_mask
from .recurrent_layer import State

__all__ = ["FastLSTM"]


class FastLSTM(LSTM):
    """A LSTM with any masks inside the cell; the fast form of this room's LSTMs.

    p_input, p_hidden: variational dropout of inputs and hidden states, a mask a sequence
    p_update:          Semeniuta's dropout of the cell update, a mask a step
    p_hidden_stays, p_cell_stays: zoneout of h and c
    expectation:       whether evaluation takes the expectation of zoneout, as in its paper
    settings:          those of `LSTM`: num_layers, batch_first, bidirectional, generator …

    All probabilities are 0 unless given. In evaluation, but for that expectation, it is the plain
    LSTM; in training equal to the readable forms but for rounding, since sums are taken in another
    order. Gradients of gradients are not supported.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        p_input: float = 0.0,
        p_hidden: float = 0.0,
        p_update: float = 0.0,
        p_hidden_stays: float = 0.0,
        p_cell_stays: float = 0.0,
        expectation: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(input_size, hidden_size, **settings)
        self.p_input = check_probability("p_input", p_input)
        self.p_hidden = check_probability("p_hidden", p_hidden)
        self.p_update = check_probability("p_update", p_update)
        self.p_hidden_stays = check_probability("p_hidden_stays", p_hidden_stays)
        self.p_cell_stays = check_probability("p_cell_stays", p_cell_stays)
        self.expectation = expectation

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states and the cells after every step, [time, batch, hidden] each."""
        if not self.training and not self.expectation:
            return super().scan(input, state, weights)
        hidden, cell = state
        if self.training and self.p_input:
            input = input * dropout_mask(input[0], self.p_input, self.generator)
        masks = self._draw_masks(len(input), hidden)
        return masked_recurrence(input, hidden, cell, weights, masks)

    def _draw_masks(self, time: int, hidden: Float[Tensor, "batch hidden"]) -> CellMasks:
        """Return the masks of a pass: in evaluation the expectations of zoneout, nothing else."""
        every_step = hidden[None].expand(time, -1, -1)
        stay_probabilities = {"hidden_stays": self.p_hidden_stays, "cell_stays": self.p_cell_stays}
        stays = {
            name: draw_bernoulli(every_step, p, self.generator).to(hidden.dtype)
            if self.training
            else torch.full_like(every_step, p)
            for name, p in stay_probabilities.items()
            if p
        }
        if not self.training:
            return CellMasks(**stays)
        if self.p_hidden:
            stays["hidden"] = dropout_mask(hidden, self.p_hidden, self.generator)
        if self.p_update:
            stays["update"] = dropout_mask(every_step, self.p_update, self.generator)
        return CellMasks(**stays)
