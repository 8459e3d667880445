"""Rotary positions: queries and keys are turned by angles that grow with their step.

Su et al., 2021, "RoFormer: enhanced transformer with rotary position embedding", equations 14 and
15: the numbers of a head are taken in pairs, each pair is a point of a plane, and at step t it is
turned by t · θ_i with θ_i = base^(-2i/d). A dot product of a turned query and a turned key then
depends on the distance between them only.

The paper pairs neighbours, (0, 1), (2, 3) … (so does GPT-J); LLaMA and GPT-NeoX pair the halves,
(0, d/2), (1, d/2 + 1) …. One is the other with the numbers of a head in another order, but weights
that were trained with one go with that one alone.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .errors import SettingError

__all__ = ["RotaryPositions", "rotate"]


def angles_of_steps(
    steps: Float[Tensor, " time"], d_head: int, base: float = 10_000.0
) -> Float[Tensor, "time pairs"]:
    """Return t · base^(-2i/d), radians, in the precision of `steps`."""
    exponents = torch.arange(0, d_head, 2, dtype=steps.dtype) / d_head
    return steps[:, None] * base**-exponents


def rotate(
    x: Float[Tensor, "*batch time d_head"],
    angles: Float[Tensor, "time pairs"],
    neighbours: bool = False,
) -> Float[Tensor, "*batch time d_head"]:
    """Return `x` with each pair turned by its angle: (x, y) → (x cos - y sin, x sin + y cos)."""
    cos, sin = (part.to(x.device, x.dtype) for part in (angles.cos(), angles.sin()))
    first, second = (x[..., ::2], x[..., 1::2]) if neighbours else x.chunk(2, dim=-1)
    turned = (first * cos - second * sin, first * sin + second * cos)
    return torch.stack(turned, dim=-1).flatten(-2) if neighbours else torch.cat(turned, dim=-1)


class RotaryPositions(nn.Module):
    """Turns queries and keys by their steps; it has no parameters.

    d_head:     size of a head, even
    base:       of the angles; larger ones turn slower, for longer texts
    neighbours: whether pairs are neighbours, as in the paper, or halves, as in LLaMA

    Raises SettingError: an odd `d_head`.
    """

    def __init__(self, d_head: int, base: float = 10_000.0, neighbours: bool = False) -> None:
        super().__init__()
        if d_head % 2:
            raise SettingError(f"d_head must be even to be turned in pairs, got {d_head}")
        self.d_head = d_head
        self.base = base
        self.neighbours = neighbours

    def forward(
        self, x: Float[Tensor, "*batch time d_head"], offset: int = 0
    ) -> Float[Tensor, "*batch time d_head"]:
        """Return `x` turned; its first step is the step `offset` of the sequence.

        Angles are computed in float64: in float32 those of step 100,000 are off by hundredths.
        """
        steps = torch.arange(offset, offset + x.shape[-2], dtype=torch.float64)
        return rotate(x, angles_of_steps(steps, self.d_head, self.base), self.neighbours)
