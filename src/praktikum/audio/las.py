"""Listen, attend and spell: a recogniser that writes a text as a translator does.

Chan, Jaitly, Le, Vinyals, 2016, "Listen, attend and spell". Unlike CTC it has no blank and no frame
for each character: attention finds the place. Each character depends on all before it, so the
probabilities make a language model too; but nothing keeps attention from jumping, and long
recordings may be cut short or said twice.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from praktikum.text.beam_search import Beams, beam_search

from .listener import Listener
from .speller import Speller, SpellerStep

__all__ = ["LAS"]


class LAS(nn.Module):
    """A listener and a speller.

    listener: hears
    speller:  writes
    sos, eos: symbols that begin and end a text
    """

    def __init__(self, listener: Listener, speller: Speller, sos: int, eos: int) -> None:
        super().__init__()
        self.listener, self.speller, self.sos, self.eos = listener, speller, sos, eos

    def forward(
        self,
        features: Float[Tensor, "batch time features"],
        lengths: Int[Tensor, " batch"],
        read: Int[Tensor, "batch characters"],
        sampling: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> tuple[Float[Tensor, "batch characters symbols"], Float[Tensor, "batch characters steps"]]:
        """Return the logits of what follows each character, and where attention looked.

        read: the texts after `sos`; for the other arguments see `Speller`
        """
        heard = self.speller.hear(*self.listener(features, lengths))
        logits, looked = self.speller(heard, read, sampling, generator)
        return logits, looked

    @torch.no_grad()
    def transcribe(
        self,
        features: Float[Tensor, "batch time features"],
        lengths: Int[Tensor, " batch"],
        *,
        max_length: int,
        beam_size: int = 5,
        length_penalty: float = 0.0,
    ) -> Beams:
        """Return the best texts of each recording; in evaluation mode. See `beam_search`."""
        heard = self.speller.hear(*self.listener(features, lengths))
        return beam_search(
            SpellerStep(self.speller, heard),
            torch.full_like(lengths, self.sos),
            self.speller.begin(heard),
            eos=self.eos,
            max_length=max_length,
            beam_size=beam_size,
            length_penalty=length_penalty,
        )
