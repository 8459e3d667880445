"""A trained encoder–decoder and its tokeniser together: from lines to lines.

Lines that are about as long go through the model together. Its translations are found by
`beam_search`, whose length penalty and width are those of Vaswani et al., 2017, "Attention is all
you need", section 6.1, unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from praktikum.sequence.seq2seq_transformer import Seq2SeqTransformer

from .beam_search import beam_search
from .collation import pad_sequences
from .errors import SettingError
from .translation_step import TranslationStep

__all__ = ["Coder", "Look", "Translator"]


@runtime_checkable
class Coder(Protocol):
    """What makes tokens of a text, and a text of tokens; both languages share it."""

    def encode(self, text: str, /) -> list[int]:
        """Return the numbers of the tokens, without special ones."""

    def decode(self, ids: Sequence[int], /) -> str:
        """Return the text of tokens."""


class Look(NamedTuple):
    """Where a model looks as it writes a translation."""

    weights: Float[Tensor, "layers heads written seen"]
    seen: list[str]
    written: list[str]


@dataclass(frozen=True)
class Translator:
    """Translates lines by a model in evaluation mode.

    Attributes:
        model: its source and target have one vocabulary.
        coder: cuts lines into tokens, and joins them.
        pad, sos, eos: numbers of the special tokens. Sources end with `eos`, too.
    """

    model: Seq2SeqTransformer
    coder: Coder
    pad: int
    sos: int
    eos: int

    def source(self, line: str) -> list[int]:
        """Return the tokens of a line that is to be translated."""
        return [*self.coder.encode(line), self.eos]

    def target(self, line: str) -> list[int]:
        """Return the tokens of a translation, from `sos` to `eos`."""
        return [self.sos, *self.coder.encode(line), self.eos]

    def translate(
        self,
        lines: Sequence[str],
        *,
        beam_size: int = 4,
        length_penalty: float = 0.6,
        batch_size: int = 64,
        extra: int = 30,
    ) -> list[str]:
        """Return the best translation of each line that a beam finds.

        Args:
            lines: of any lengths, in any order.
            beam_size: 1 is greedy.
            length_penalty: see `beam_search`.
            batch_size: lines that are translated together.
            extra: how many tokens a translation may have more than the longest source of a batch.

        Raises SettingError: `batch_size` or `beam_size` is below 1.
        """
        if batch_size < 1:
            raise SettingError(f"batch_size must be at least 1 line, got {batch_size}")
        sources = [self.source(line) for line in lines]
        order = sorted(range(len(lines)), key=lambda index: len(sources[index]))
        translated = [""] * len(lines)
        step, device = TranslationStep(self.model), self.model.output.weight.device
        for first in range(0, len(order), batch_size):
            chosen = order[first : first + batch_size]
            padded, lengths = pad_sequences([sources[index] for index in chosen], self.pad, True)
            beams = beam_search(
                step,
                torch.full((len(chosen),), self.sos, device=device),
                step.read(padded.to(device), lengths.to(device)),
                eos=self.eos,
                max_length=padded.shape[1] + extra,
                beam_size=beam_size,
                length_penalty=length_penalty,
            )
            for index, tokens in zip(chosen, beams.tokens[:, 0], strict=True):
                translated[index] = self.line(tokens)
        return translated

    def line(self, tokens: Int[Tensor, " time"]) -> str:
        """Return the text of tokens up to `eos`, without special ones."""
        special = {self.pad, self.sos, self.eos}
        ids: list[int] = tokens.tolist()
        ids = ids[: ids.index(self.eos)] if self.eos in ids else ids
        return self.coder.decode([token for token in ids if token not in special]).strip()

    @torch.no_grad()
    def look(self, line: str, translation: str) -> Look:
        """Return where each layer's heads look as the model writes this translation of a line."""
        source, target = self.source(line), self.target(translation)
        device = self.model.output.weight.device
        memory, mask = self.model.encode(torch.tensor([source], device=device))
        inputs = torch.tensor([target[:-1]], device=device)
        _, maps = self.model.decode(inputs, memory, mask, need_weights=True)
        weights = torch.cat([found for found in maps if found is not None])
        return Look(weights, self._pieces(source), self._pieces(target[1:]))

    def _pieces(self, tokens: Sequence[int]) -> list[str]:
        """Return what each token stands for, by itself."""
        names = {self.pad: "<pad>", self.sos: "<sos>", self.eos: "<eos>"}
        return [names.get(token) or self.coder.decode([token]).strip() for token in tokens]
