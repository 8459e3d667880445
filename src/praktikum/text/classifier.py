"""A text's class by a recurrent network: its rating from 0 to 9, or whether it is favourable.

Words become vectors, a recurrent layer reads them, its outputs are pooled into one vector, and a
linear layer tells the class. The recurrent layer is a value: whichever returns
`(output, (h, c))` for [time, batch, features], torch's, ours, or one with any dropout inside.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .errors import SettingError, ShapeError
from .pooling import POOLINGS

__all__ = ["RNNClassifier"]


class RNNClassifier(nn.Module):
    """Embedding, recurrent layer, pooling, linear layer.

    Args:
        embedding: from numbers of tokens [time, batch] to vectors [time, batch, features].
        recurrent: returns `(output, state)`, the output [time, batch, out_features]. One that
            has `bidirectional` set is given a PackedSequence, so that it reads backwards from
            each text's own end; others never see padding before a text's end.
        out_features: of the output, with both directions.
        n_classes: logits that are wanted.
        pooling: ``last`` takes each text's last output (of the direction that reads backwards,
            the first one, which it comes to last); ``mean`` and ``max`` are over all of its steps.
        dropout: probability of dropping a number of the pooled vector in training.
    """

    def __init__(
        self,
        embedding: nn.Module,
        recurrent: nn.Module,
        out_features: int,
        n_classes: int,
        pooling: str = "last",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if pooling not in POOLINGS:
            raise SettingError(f"pooling must be one of {', '.join(POOLINGS)}, got {pooling!r}")
        self.embedding, self.recurrent = embedding, recurrent
        self.pooling = pooling
        self.bidirectional = bool(getattr(recurrent, "bidirectional", False))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(out_features, n_classes)

    def forward(
        self, tokens: Int[Tensor, "time batch"], lengths: Int[Tensor, " batch"]
    ) -> Float[Tensor, "batch classes"]:
        """Return the logits.

        Raises ShapeError if a text has no token: give it one, such as `<eos>`.
        """
        if lengths.numel() and int(lengths.min()) < 1:
            raise ShapeError("each text needs a token at least, got an empty one; end it by <eos>")
        output = self._read(self.embedding(tokens), lengths)  # (time, batch, out_features)
        if self.pooling == "last" and self.bidirectional:
            forward, backward = output.chunk(2, dim=2)
            pooled = torch.cat((POOLINGS["last"](forward, lengths), backward[0]), dim=1)
        else:
            pooled = POOLINGS[self.pooling](output, lengths)
        logits: Tensor = self.head(self.dropout(pooled))
        return logits

    def _read(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """Return the outputs of all steps, padded as the tokens are."""
        if not self.bidirectional:
            output: Tensor = self.recurrent(vectors)[0]
            return output
        packed = pack_padded_sequence(vectors, lengths.cpu(), enforce_sorted=False)
        return pad_packed_sequence(self.recurrent(packed)[0], total_length=len(vectors))[0]
