"""How far a step of a Conformer looks: everywhere, through a window, or by chunks as in a stream.

Chunks: Chen et al., 2021, "Developing real-time streaming Transformer Transducer for speech
recognition on large-scale dataset", section 3.3: the steps of a chunk are taken together, so a
step waits for the last of its chunk at most. A window is the case of chunks of one step.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool
from torch import Tensor

from .errors import SettingError

__all__ = ["EVERYWHERE", "Reach"]


@dataclass(frozen=True)
class Reach:
    """Which steps attention sees from a step: its chunk, and some before and after the chunk.

    Attributes:
        before: steps before the chunk that are seen; None is all of them.
        after: steps after the chunk that are seen; None is all. With 0 the convolutions, too, look
            at nothing later, and the model can run along a stream.
        chunk: steps that are taken together; they see each other. 1 is a window around each step.

    Raises SettingError: a negative number of steps, or a chunk without any.
    """

    before: int | None = None
    after: int | None = None
    chunk: int = 1

    def __post_init__(self) -> None:
        for name in ("before", "after"):
            steps = getattr(self, name)
            if steps is not None and steps < 0:
                raise SettingError(f"{name} is a number of steps or None for all, got {steps}")
        if self.chunk < 1:
            raise SettingError(f"chunk is a number of steps and must be 1 or more: {self.chunk}")

    @property
    def causal(self) -> bool:
        """Whether nothing after a step's chunk is seen from it."""
        return self.after == 0

    def mask(
        self, queries: range, keys: range, device: torch.device | None = None
    ) -> Bool[Tensor, "q_len k_len"] | None:
        """Return True where a step of `queries` sees one of `keys`; None where it sees every one.

        Both are steps of the whole sequence, as they are numbered from its beginning.

        >>> Reach(before=1, after=0, chunk=2).mask(range(4), range(4)).int().tolist()
        [[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 1], [0, 1, 1, 1]]
        """
        if self.before is None and self.after is None:
            return None
        steps = torch.arange(queries.start, queries.stop, device=device)[:, None]
        seen = torch.arange(keys.start, keys.stop, device=device)
        first = steps - steps % self.chunk
        mask = torch.ones(len(queries), len(keys), dtype=torch.bool, device=device)
        if self.before is not None:
            mask &= seen >= first - self.before
        if self.after is not None:
            mask &= seen < first + self.chunk + self.after
        return mask


EVERYWHERE = Reach()
"""All steps see all."""
