"""One step of a GPT, made for decoding: what was read is kept, and the output weights lie right.

A product of few rows with a large matrix is faster when the matrix has its columns in a row of
memory, so the embeddings are kept transposed: another copy of them, as long as the step is held.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from praktikum.sequence.key_value_cache import KeyValueCache

from .errors import ShapeError
from .gpt import GPT

__all__ = ["GPTState", "GPTStep"]


class GPTState(NamedTuple):
    """What is known before a step.

    caches: keys and values of what was read, one for each layer
    mask:   True at the tokens read, False at padding; None is that there is no padding
    """

    caches: list[KeyValueCache]
    mask: Bool[Tensor, "rows time"] | None = None


class GPTStep:
    """A `Step` of a model with the weights that it has now, without any dropout.

    With ``step = GPTStep(model)`` texts are
    ``greedy(step, *step.begin(prompts), eos=eos, max_length=50)``.
    """

    @torch.no_grad()
    def __init__(self, model: GPT) -> None:
        self.model = model.eval()
        self.output_weight = model.tokens.weight.T.contiguous()  # (d_model, n_tokens)

    @torch.no_grad()
    def begin(
        self,
        prompts: Int[Tensor, "rows time"],
        mask: Bool[Tensor, "rows time"] | None = None,
    ) -> tuple[Int[Tensor, " rows"], GPTState]:
        """Return the last tokens of the prompts, and the state before them.

        mask: True at tokens, False at padding, which stands before shorter prompts

        Raises ShapeError: a prompt without a token, or with padding after it.
        """
        if not prompts.shape[1] or (mask is not None and not mask[:, -1].all()):
            raise ShapeError("a prompt needs a token to begin with, and padding only before it")
        state = GPTState(self.model.empty_caches(), None if mask is None else mask[:, :-1])
        if prompts.shape[1] > 1:
            self.model.encode(prompts[:, :-1], state.mask, caches=state.caches)
        return prompts[:, -1], state

    @torch.no_grad()
    def __call__(
        self, tokens: Int[Tensor, " rows"], state: GPTState | None = None
    ) -> tuple[Float[Tensor, "rows n_tokens"], GPTState]:
        """Return the logits of what follows one token of each text, and the state after it."""
        caches, mask = GPTState(self.model.empty_caches()) if state is None else state
        if mask is not None:
            mask = torch.cat((mask, mask.new_ones(len(mask), 1)), dim=1)
        hidden, _ = self.model.encode(tokens[:, None], mask, caches=caches)
        return hidden[:, 0] @ self.output_weight, GPTState(caches, mask)
