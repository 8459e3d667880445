"""RNN-T: a recogniser whose next symbol depends on what was heard and on what was written.

Graves, 2012, "Sequence transduction with recurrent neural networks"; the joint network is that of
Graves, Mohamed, Hinton, 2013, "Speech recognition with deep recurrent neural networks", equation
15: tanh of a sum of both sides, then a linear layer. An encoder that hears no future makes the
whole a recogniser for streams, since the prediction network only reads what was written.
"""

from __future__ import annotations

from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Joint", "PredictionNetwork", "PredictionState", "Transducer"]

PredictionState = tuple[Tensor, Tensor]
"""h and c of the prediction network, [rows, layers, hidden] each."""


class PredictionNetwork(nn.Module):
    """A language model without its output layer: what was written, as a vector.

    symbols:    with the blank, which also stands for the beginning
    d_model:    features of a symbol and of the output
    num_layers: of LSTM
    dropout:    probability of dropping a feature of a symbol, and between layers
    """

    def __init__(
        self, symbols: int, d_model: int, num_layers: int = 1, dropout: float = 0.0, blank: int = 0
    ) -> None:
        super().__init__()
        self.blank = blank
        self.embedding, self.dropout = nn.Embedding(symbols, d_model), nn.Dropout(dropout)
        between = dropout if num_layers > 1 else 0.0
        self.lstm = nn.LSTM(d_model, d_model, num_layers, batch_first=True, dropout=between)

    def forward(
        self, targets: Int[Tensor, "batch labels"]
    ) -> Float[Tensor, "batch labels_1 d_model"]:
        """Return what is known after 0, 1, … all labels."""
        begun = functional.pad(targets, (1, 0), value=self.blank)
        output, _ = self.lstm(self.dropout(self.embedding(begun)))
        return cast(Tensor, output)

    def step(
        self, symbols: Int[Tensor, " rows"], state: PredictionState | None = None
    ) -> tuple[Float[Tensor, "rows d_model"], PredictionState]:
        """Return what is known after one more symbol, and the state; the first one is the blank."""
        inside = None
        if state is not None:
            inside = tuple(part.transpose(0, 1).contiguous() for part in state)
        output, (hidden, cell) = self.lstm(self.embedding(symbols[:, None]), inside)
        return output[:, 0], (hidden.transpose(0, 1), cell.transpose(0, 1))


class Joint(nn.Module):
    """What was heard and what was written, together: logits of the next symbol."""

    def __init__(self, d_encoder: int, d_prediction: int, d_joint: int, symbols: int) -> None:
        super().__init__()
        self.from_encoder = nn.Linear(d_encoder, d_joint)
        self.from_prediction = nn.Linear(d_prediction, d_joint, bias=False)
        self.predict = nn.Linear(d_joint, symbols)

    def forward(
        self, heard: Float[Tensor, "*cells d_encoder"], written: Float[Tensor, "*cells_2 d_predict"]
    ) -> Float[Tensor, "*cells_3 symbols"]:
        """Return logits; the axes before the last are broadcast."""
        hidden = torch.tanh(self.from_encoder(heard) + self.from_prediction(written))
        return cast(Tensor, self.predict(hidden))


class Transducer(nn.Module):
    """An encoder, a prediction network and a joint network.

    encoder:    called with features [batch, time, …] and lengths, returns hidden states
                [batch, frames, d_encoder] and their lengths
    prediction: reads what was written
    joint:      puts both together
    """

    def __init__(self, encoder: nn.Module, prediction: PredictionNetwork, joint: Joint) -> None:
        super().__init__()
        self.encoder, self.prediction, self.joint = encoder, prediction, joint

    def forward(
        self,
        features: Tensor,
        lengths: Int[Tensor, " batch"],
        targets: Int[Tensor, "batch labels"],
    ) -> tuple[Float[Tensor, "batch frames labels_1 symbols"], Int[Tensor, " batch"]]:
        """Return the logits in every cell of the lattice, for `rnnt_loss`, and the lengths."""
        heard, lengths = self.encoder(features, lengths)
        written = self.prediction(targets)
        return self.joint(heard[:, :, None], written[:, None]), lengths
