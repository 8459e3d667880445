"""Batches of a text and what it is to be made into, for an encoder and a decoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jaxtyping import Int
from torch import Tensor

from .collation import pad_sequences
from .errors import ShapeError

__all__ = ["CollatePairs", "PairBatch"]

Pair = tuple[Sequence[int], Sequence[int]]
"""Numbers of the source's tokens and of the target's."""


class PairBatch(NamedTuple):
    """What is read, and at each step of what is written the token before and the token itself."""

    source: Int[Tensor, "batch source_len"]
    lengths: Int[Tensor, " batch"]  # of the sources
    inputs: Int[Tensor, "batch target_len"]
    targets: Int[Tensor, "batch target_len"]  # `pad` where there is none


@dataclass(frozen=True)
class CollatePairs:
    """Makes a batch of pairs, for `DataLoader(collate_fn=…)`.

    Sources are taken as they are, targets begin with `<sos>` and end with `<eos>`: inputs are all
    tokens but the last, targets all but the first.

    Attributes:
        pad: number of the padding token.
    """

    pad: int

    def __call__(self, pairs: Sequence[Pair]) -> PairBatch:
        """Return the batch. Raises ShapeError for a target of fewer than two tokens."""
        if any(len(target) < 2 for _, target in pairs):
            raise ShapeError("a target needs its <sos> and a token after it, got a shorter one")
        source, lengths = pad_sequences([source for source, _ in pairs], self.pad, True)
        inputs, _ = pad_sequences([target[:-1] for _, target in pairs], self.pad, True)
        targets, _ = pad_sequences([target[1:] for _, target in pairs], self.pad, True)
        return PairBatch(source, lengths, inputs, targets)
