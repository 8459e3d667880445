"""Variational dropout of Gal and Ghahramani: one mask for all steps of a sequence.

"A theoretically grounded application of dropout in recurrent neural networks" (NIPS 2016),
equation 7: the input and the hidden state of every step are multiplied by masks that are drawn
once a sequence, the same for the four gates. It is done in two ways here.

- `VariationalLSTM` multiplies x and h in an explicit loop over steps: each sequence of the batch
  has masks of its own.
- `MaskedWeightLSTM` multiplies the columns of W_ih and W_hh instead, (h ∘ m) Wᵀ = h (W ∘ m)ᵀ, and
  leaves the loop to `torch.nn.LSTM`: nearly as fast as without dropout, but one mask serves the
  whole batch.

The dropout of words that belongs to it is `EmbeddingDropout`.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from .cells import Weights, lstm_step
from .layers import LSTM
from .masks import check_probability, dropout_mask
from .recurrent_layer import State

__all__ = ["MaskedWeightLSTM", "VariationalLSTM"]


class VariationalLSTM(LSTM):
    """A LSTM whose inputs and hidden states lose the same features at every step in training.

    p_input:  probability of dropping a feature of the input
    p_hidden: probability of dropping a feature of the hidden state on its way to the next step;
              the output is not masked
    settings: those of `LSTM`: num_layers, batch_first, bidirectional, generator …

    Each layer and direction draws masks of its own in each call. In evaluation, and with both
    probabilities 0, it is the `LSTM` bit by bit.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        p_input: float = 0.5,
        p_hidden: float = 0.5,
        **settings: Any,
    ) -> None:
        super().__init__(input_size, hidden_size, **settings)
        self.p_input = check_probability("p_input", p_input)
        self.p_hidden = check_probability("p_hidden", p_hidden)

    def scan(
        self, input: Float[Tensor, "time batch features"], state: State, weights: Weights
    ) -> State:
        """Return the hidden states and the cells after every step, [time, batch, hidden] each.

        In training one mask of x, [batch, features], and one of h, [batch, hidden], are drawn in
        this order by `dropout_mask` from `self.generator`, and multiply x and h at every step
        before the step's matrices. The cell, the output and the last state are not masked.
        """
        if not self.training:
            return super().scan(input, state, weights)
        hidden, cell = state
        input_mask = dropout_mask(input[0], self.p_input, self.generator)
        hidden_mask = dropout_mask(hidden, self.p_hidden, self.generator)
        hiddens, cells = [], []
        for from_input in weights.from_input(input * input_mask).unbind(0):
            hidden, cell = lstm_step(from_input, hidden * hidden_mask, cell, weights)
            hiddens.append(hidden)
            cells.append(cell)
        return torch.stack(hiddens), torch.stack(cells)


class MaskedWeightLSTM(nn.Module):
    """`torch.nn.LSTM` whose weights lose whole columns in training: the same features everywhere.

    p_input:  probability of dropping a column of each weight_ih: a feature of the input
    p_hidden: probability of dropping a column of each weight_hh: a feature of the hidden state
    settings: those of `torch.nn.LSTM`

    The weights are those of `self.lstm`, never changed by masking. In evaluation, and with both
    probabilities 0, it is `torch.nn.LSTM` bit by bit.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        p_input: float = 0.5,
        p_hidden: float = 0.5,
        *,
        generator: torch.Generator | None = None,
        **settings: Any,
    ) -> None:
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, **settings)
        self.p_input = check_probability("p_input", p_input)
        self.p_hidden = check_probability("p_hidden", p_hidden)
        self.generator = generator

    def masked_weights(self) -> dict[str, Tensor]:
        """Return the weight matrices by name, each times a mask of its columns.

        Each matrix draws a mask of one row, [1, columns], by `dropout_mask` from
        `self.generator`, in the order of `self.lstm.named_parameters()`: with `p_input` for
        weight_ih…, with `p_hidden` for weight_hh…. Biases are not among them.
        """
        masked = {}
        for name, weight in self.lstm.named_parameters():
            if name.startswith("weight"):
                p = self.p_input if name.startswith("weight_ih") else self.p_hidden
                masked[name] = weight * dropout_mask(weight[:1], p, self.generator)
        return masked

    def forward(
        self,
        input: Tensor | PackedSequence,
        state: tuple[Tensor, Tensor] | None = None,
        lengths: Tensor | None = None,
    ) -> tuple[Tensor | PackedSequence, tuple[Tensor, Tensor]]:
        """Return the hidden states after every step and the last (h, c), as `LSTM.forward` does.

        With `lengths` (at least 1 each) the sequences are packed on the way.
        """
        weights = self.masked_weights() if self.training else {}
        if isinstance(input, PackedSequence) or lengths is None:
            output, final = functional_call(self.lstm, weights, (input, state))
            return output, final
        first = self.lstm.batch_first
        packed = pack_padded_sequence(input, lengths.cpu(), first, enforce_sorted=False)
        output, final = functional_call(self.lstm, weights, (packed, state))
        total = input.shape[1 if first else 0]
        padded, _ = pad_packed_sequence(output, first, total_length=total)
        return padded, final
