"""Texts of various lengths in one tensor: truncation, padding, batches.

A batch is padded at the end, and knows how long its texts are. Lengths count every token of a
text, `<sos>` and `<eos>` too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError, ShapeError

__all__ = [
    "CollateLabelled",
    "CollateLanguage",
    "LabelledBatch",
    "LanguageBatch",
    "pad_sequences",
    "shortened_to",
    "truncate",
]


def truncate(indices: Sequence[int], max_length: int, eos: int | None = None) -> list[int]:
    """Return at most `max_length` first tokens; a text that ended with `eos` still ends with it.

    >>> truncate([5, 6, 7, 3], 3, eos=3)
    [5, 6, 3]
    """
    if max_length < 1:
        raise SettingError(f"max_length must be at least 1 token, got {max_length}")
    kept = list(indices[:max_length])
    if len(indices) > max_length and eos is not None and indices[-1] == eos:
        kept[-1] = eos
    return kept


def pad_sequences(
    sequences: Sequence[Sequence[int]], pad: int, batch_first: bool = False
) -> tuple[Int[Tensor, "_ _"], Int[Tensor, " batch"]]:
    """Return the texts as columns [time, batch], with `pad` after their ends, and their lengths.

    With `batch_first` they are rows, [batch, time]. The longest text gives the time.
    """
    if not sequences:
        raise ShapeError("there is no batch of no texts")
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    rows = torch.full((len(sequences), int(lengths.max())), pad)  # (batch, time)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence, dtype=torch.long)
    return (rows if batch_first else rows.T.contiguous()), lengths


Label = float | Sequence[float]


class LabelledBatch(NamedTuple):
    """Texts with what is to be said about each: one label, or several in a row."""

    tokens: Int[Tensor, "_ _"]  # [time, batch] or [batch, time]
    lengths: Int[Tensor, " batch"]
    labels: Int[Tensor, "batch ..."] | Float[Tensor, "batch ..."]


class LanguageBatch(NamedTuple):
    """Texts, and at each step the token that comes next; both [time, batch] or [batch, time]."""

    inputs: Int[Tensor, "_ _"]
    targets: Int[Tensor, "_ _"]  # `pad` where there is none
    lengths: Int[Tensor, " batch"]


@dataclass(frozen=True)
class CollateLabelled:
    """Makes a batch of (numbers of tokens, label or labels), for `DataLoader(collate_fn=…)`.

    Attributes:
        pad: number of the padding token.
        batch_first: [batch, time] instead of [time, batch].
        max_length: tokens that are kept of a text, default all.
        eos: number of the token that truncation must leave at the end, where texts have one.
    """

    pad: int
    batch_first: bool = False
    max_length: int | None = None
    eos: int | None = None

    def __call__(self, examples: Sequence[tuple[Sequence[int], Label]]) -> LabelledBatch:
        """Return the batch."""
        texts = [shortened_to(text, self.max_length, self.eos) for text, _ in examples]
        tokens, lengths = pad_sequences(texts, self.pad, self.batch_first)
        return LabelledBatch(tokens, lengths, torch.tensor([label for _, label in examples]))


@dataclass(frozen=True)
class CollateLanguage:
    """Makes a batch for a language model of texts that begin with `<sos>` and end with `<eos>`.

    The attributes are those of `CollateLabelled`. Inputs are all tokens but the last, targets all
    but the first; `lengths` are those of the inputs.
    """

    pad: int
    batch_first: bool = False
    max_length: int | None = None
    eos: int | None = None

    def __call__(self, texts: Sequence[Sequence[int]]) -> LanguageBatch:
        """Return the batch. Raises ShapeError for a text of fewer than two tokens."""
        shortened = [shortened_to(text, self.max_length, self.eos) for text in texts]
        if any(len(text) < 2 for text in shortened):
            raise ShapeError("a language model needs texts of at least two tokens, got a shorter")
        inputs, lengths = pad_sequences([t[:-1] for t in shortened], self.pad, self.batch_first)
        targets, _ = pad_sequences([t[1:] for t in shortened], self.pad, self.batch_first)
        return LanguageBatch(inputs, targets, lengths)


def shortened_to(text: Sequence[int], max_length: int | None, eos: int | None) -> Sequence[int]:
    """Return the text, truncated where there is a `max_length`."""
    return text if max_length is None else truncate(text, max_length, eos)
