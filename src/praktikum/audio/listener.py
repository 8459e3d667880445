"""The listener of LAS: a pyramid of LSTMs, each over half as many steps as the one below.

Chan, Jaitly, Le, Vinyals, 2016, "Listen, attend and spell", section 3.1, equation 5: two
neighbouring steps of a layer are one step of the next, their features side by side. With three such
layers a tenth of a second is one step, so attention has few places to look at.
"""

from __future__ import annotations

from typing import cast

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from praktikum.sequence import FastLSTM, mask_of_lengths

__all__ = ["Listener"]


class Listener(nn.Module):
    """A bidirectional LSTM, and `n_halvings` more of them above, each over pairs of steps.

    features:   of an input step
    hidden:     features of each direction; the output has twice as many
    n_halvings: layers of the pyramid; the output has 2 ** n_halvings times fewer steps
    dropout:    probability of dropping a feature between layers

    An odd step at the end is paired with zeros. Padding changes nothing.
    """

    def __init__(
        self, features: int, hidden: int, n_halvings: int = 3, dropout: float = 0.0
    ) -> None:
        super().__init__()
        widths = [features] + [4 * hidden] * n_halvings
        self.layers = nn.ModuleList(FastLSTM(width, hidden, bidirectional=True) for width in widths)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "batch time features"], lengths: Int[Tensor, " batch"]
    ) -> tuple[Float[Tensor, "batch steps two_hidden"], Int[Tensor, " batch"]]:
        """Return what was heard in each step, zeros at padding, and how many steps there are."""
        x = x * mask_of_lengths(lengths, x.shape[1]).T[:, :, None]
        for number, layer in enumerate(self.layers):
            if number:
                x, lengths = _in_pairs(self.dropout(x)), (lengths + 1) // 2
            output, _ = layer(x.transpose(0, 1), lengths=lengths)
            x = cast(Tensor, output).transpose(0, 1)
        return x, lengths


def _in_pairs(
    x: Float[Tensor, "batch time features"],
) -> Float[Tensor, "batch half_time two_features"]:
    batch, time, features = x.shape
    even = functional.pad(x, (0, 0, 0, time % 2))
    return even.reshape(batch, -1, 2 * features)
