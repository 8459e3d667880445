"""Absolute positions: what is added to embeddings so that attention, blind to order, can see it.

Sinusoidal: Vaswani et al., 2017, "Attention is all you need", section 3.5: PE(t, 2i) =
sin(t / 10000^(2i/d)) and PE(t, 2i + 1) the cosine of the same; that of step t + k is that of t
turned by a fixed angle. Learned: Gehring et al., 2017, "Convolutional sequence to sequence
learning", and BERT: a table with a row for each step, so a text can't be longer than the table.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from .errors import SettingError, ShapeError
from .rotary_positions import angles_of_steps

__all__ = ["LearnedPositions", "SinusoidalPositions", "sinusoids"]


def sinusoids(steps: Float[Tensor, " time"], d_model: int) -> Float[Tensor, "time d_model"]:
    """Return sines at even places and cosines at odd ones, in the precision of `steps`."""
    angles = angles_of_steps(steps, d_model)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)


class SinusoidalPositions(nn.Module):
    """Adds sinusoids to embeddings; no parameters, texts of any length.

    d_model: size of an embedding, even

    Raises SettingError: an odd `d_model`.
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        if d_model % 2:
            raise SettingError(f"d_model must be even, a sine and a cosine each, got {d_model}")
        self.d_model = d_model

    def forward(
        self, x: Float[Tensor, "batch time d_model"], offset: int = 0
    ) -> Float[Tensor, "batch time d_model"]:
        """Return the embeddings with positions; the first is the step `offset` of the text."""
        steps = torch.arange(offset, offset + x.shape[1], dtype=torch.float64)
        return x + sinusoids(steps, self.d_model).to(x.device, x.dtype)


class LearnedPositions(nn.Module):
    """Adds a learned vector of each step to embeddings.

    max_len: steps that there are vectors for
    d_model: size of an embedding

    The table is `weight`, [max_len, d_model], drawn from a normal distribution with deviation
    0.02, as in BERT.
    """

    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_len, d_model))
        nn.init.normal_(self.weight, std=0.02)

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        offset: int = 0,
        steps: Int[Tensor, "batch time"] | None = None,
    ) -> Float[Tensor, "batch time d_model"]:
        """Return the embeddings with positions; the first is the step `offset` of the text.

        steps: the step of each embedding instead, where texts do not all begin in one column

        Raises ShapeError: steps beyond the table.
        """
        end = offset + x.shape[1] if steps is None else int(steps.max()) + 1
        if end > len(self.weight):
            raise ShapeError(
                f"there are learned positions for {len(self.weight)} steps, got {end}; "
                "cut the text or make the table longer"
            )
        return x + (self.weight[offset:end] if steps is None else self.weight[steps])
