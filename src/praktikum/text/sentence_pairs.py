"""Pairs of texts with masked tokens: the examples on which a BERT is pre-trained.

Devlin et al., 2019, "BERT", section 3.1 and appendix A.2: half of the pairs are a text and what
follows it, half a text and the end of another. Here a text is cut in two at a place that chance
chooses, so that a set of single sentences serves too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from .collation import pad_sequences
from .errors import SettingError, ShapeError
from .masking import Masking

__all__ = ["CollatePretraining", "MaskedPair", "MaskedPairs", "PretrainingBatch"]

SHORTEST = 4  # tokens of a text that is cut in two


class MaskedPair(NamedTuple):
    """One example.

    tokens:   what is read, ``start first end second end``
    targets:  what stood there
    chosen:   where it is to be predicted
    segments: 0 in the first part, 1 in the second
    is_other: whether the second part is that of another text
    """

    tokens: Int[np.ndarray, " time"]
    targets: Int[np.ndarray, " time"]
    chosen: Bool[np.ndarray, " time"]
    segments: Int[np.ndarray, " time"]
    is_other: bool


class MaskedPairs:
    """A map-style data set of `MaskedPair`, as many as there are texts.

    What is drawn for an example depends on the seed, the epoch and the number of the example alone.
    `set_epoch` is called before each epoch of training, which so sees other masks and other pairs;
    where nobody calls it, as in validation, they stay.

    texts:      tokens of each, without special ones; those of fewer than 4 are left out
    masking:    how tokens are masked
    start, end: special tokens around the parts
    max_length: tokens of an example at most, with three special ones; texts are cut to it
    seed:       of all chance

    Raises SettingError: no room in `max_length`. ShapeError: fewer than two texts are long enough.
    """

    def __init__(
        self,
        texts: Sequence[Sequence[int]],
        masking: Masking,
        start: int,
        end: int,
        max_length: int = 128,
        seed: int = 0,
    ) -> None:
        if max_length < SHORTEST + 3:
            raise SettingError(f"max_length={max_length} must be at least {SHORTEST + 3} tokens")
        self.texts = [list(text[: max_length - 3]) for text in texts if len(text) >= SHORTEST]
        if len(self.texts) < 2:
            raise ShapeError(f"pairs need two texts of {SHORTEST} tokens, got {len(self.texts)}")
        self.masking, self.start, self.end, self.seed, self.epoch = masking, start, end, seed, 0
        self.max_length = max_length

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch, from 0, comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    @property
    def lengths(self) -> list[int]:
        """About how many tokens each example has: those of its own text."""
        return [len(text) + 3 for text in self.texts]

    def __getitem__(self, index: int) -> MaskedPair:
        """Return an example whose first part is from the text of this number."""
        rng = np.random.default_rng([self.seed, self.epoch, index])
        first, second = self._cut(index, rng)
        is_other = bool(rng.random() < 0.5)
        if is_other:
            step = int(rng.integers(1, len(self.texts)))
            _, second = self._cut((index + step) % len(self.texts), rng)
            second = second[: self.max_length - 3 - len(first)]
        left, right = [self.start, *first, self.end], [*second, self.end]
        targets = np.array(left + right)
        tokens, chosen = self.masking(targets, rng)
        segments = np.repeat([0, 1], [len(left), len(right)])
        return MaskedPair(tokens, targets, chosen, segments, is_other)

    def _cut(self, index: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
        """Return a text in two parts, each of at least a quarter of it."""
        text = self.texts[index]
        least = len(text) // 4
        place = int(rng.integers(least, len(text) - least + 1))
        return text[:place], text[place:]


class PretrainingBatch(NamedTuple):
    """Examples of one length: `MaskedPair` in rows, and which tokens are not padding."""

    tokens: Int[Tensor, "batch time"]
    mask: Bool[Tensor, "batch time"]
    segments: Int[Tensor, "batch time"]
    targets: Int[Tensor, "batch time"]
    chosen: Bool[Tensor, "batch time"]
    is_other: Int[Tensor, " batch"]


@dataclass(frozen=True)
class CollatePretraining:
    """Makes a batch of examples, for `DataLoader(collate_fn=…)`.

    Attributes:
        pad: the token of padding.
    """

    pad: int

    def __call__(self, examples: Sequence[MaskedPair]) -> PretrainingBatch:
        """Return the batch."""

        def rows(name: str, padding: int) -> Int[Tensor, "batch time"]:
            values = [getattr(example, name).tolist() for example in examples]
            return pad_sequences(values, padding, batch_first=True)[0]

        tokens = rows("tokens", self.pad)
        lengths = torch.tensor([len(example.tokens) for example in examples])
        return PretrainingBatch(
            tokens,
            torch.arange(tokens.shape[1]) < lengths[:, None],
            rows("segments", 0),
            rows("targets", self.pad),
            rows("chosen", 0).bool(),
            torch.tensor([int(example.is_other) for example in examples]),
        )
