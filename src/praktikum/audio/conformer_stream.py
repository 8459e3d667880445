"""A Conformer along a stream: steps go in as they come, and what comes out is what the whole gives.

Attention keeps the keys and values of the steps that can still be seen, each convolution the last
steps before those that come; so a stream takes constant memory where the reach is bounded.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .conformer import BlockCache, Conformer
from .conformer_convolution import StepCache
from .errors import SettingError, ShapeError
from .sliding_cache import SlidingCache

__all__ = ["ConformerStream"]


class ConformerStream:
    """One stream, or a batch of streams, through a model in evaluation mode.

    model: with a reach of ``after=0``

    Raises SettingError: the model looks at what has not come yet, or is being trained.
    """

    def __init__(self, model: Conformer) -> None:
        if not model.reach.causal:
            raise SettingError(f"a stream needs a reach of after=0, got {model.reach}")
        if model.training:
            raise SettingError("a stream runs through a trained model: call model.eval() first")
        self.model = model
        self.caches = [
            BlockCache(SlidingCache(model.reach.before), StepCache(model.kernel_size - 1))
            for _ in model.blocks
        ]

    @torch.no_grad()
    def step(self, x: Float[Tensor, "batch new d_model"]) -> Float[Tensor, "batch new d_model"]:
        """Return what the model makes of the next steps: whole chunks, but for the stream's end.

        The blocks go one after the other, each with its own cache; `reach.mask` says which of the
        steps that the caches keep, and of the new ones, each new step sees.

        Raises ShapeError: steps come after a chunk that was not whole.
        """
        seen, chunk = len(self.caches[0].attention), self.model.reach.chunk
        if seen % chunk:
            raise ShapeError(
                f"{seen} steps are no whole number of chunks of {chunk}: only the last call of a "
                "stream may end within a chunk"
            )
        kept = self.caches[0].attention.kept
        queries = range(seen, seen + x.shape[1])
        mask = self.model.reach.mask(queries, range(kept.start, queries.stop), x.device)
        for block, cache in zip(self.model.blocks, self.caches, strict=True):
            x = block(x, mask, None, cache)
        return x
