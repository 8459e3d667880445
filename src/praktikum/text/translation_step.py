"""One step of an encoder–decoder Transformer, made for decoding with its caches.

The source is read once; then each step looks at it, and at the tokens before, through keys and
values that are kept. So a step costs the same work for a token as training does, whatever has been
written already, and all decoders of this room serve translation.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from praktikum.sequence.seq2seq_transformer import Seq2SeqTransformer
from praktikum.sequence.transformer_layers import DecoderCache

__all__ = ["TranslationState", "TranslationStep"]


class TranslationState(NamedTuple):
    """What is known before a step: the source, and what was written of its translation.

    memory:      what the encoder made of the source
    memory_mask: True at its tokens, False at padding; None is that there is no padding
    caches:      one for each decoder layer
    """

    memory: Float[Tensor, "rows source_len d_model"]
    memory_mask: Bool[Tensor, "rows 1 1 source_len"] | None
    caches: list[DecoderCache]


class TranslationStep:
    """A `Step` of a model that is in evaluation mode; a generation starts with `read`.

    step = TranslationStep(model.eval())
    beams = beam_search(step, starts, step.read(source, lengths), eos=eos, max_length=50)
    """

    def __init__(self, model: Seq2SeqTransformer) -> None:
        self.model = model

    @torch.no_grad()
    def read(
        self,
        source: Int[Tensor, "rows source_len"],
        lengths: Int[Tensor, " rows"] | None = None,
    ) -> TranslationState:
        """Return the state before the first token of each translation.

        lengths: tokens of each source, the rest is padding; None is that there is none
        """
        return TranslationState(*self.model.encode(source, lengths), self.model.empty_caches())

    @torch.no_grad()
    def __call__(
        self, tokens: Int[Tensor, " rows"], state: TranslationState
    ) -> tuple[Float[Tensor, "rows n_target"], TranslationState]:
        """Return the logits of what follows one token of each translation, and the state after."""
        memory, mask, caches = state
        logits, _ = self.model.decode(tokens[:, None], memory, mask, caches=caches)
        return logits[:, 0], state
