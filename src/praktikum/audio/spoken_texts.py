"""Utterances as a recogniser is trained on them: features and the symbols of what is said.

Augmentation is drawn from (seed, epoch, index), so workers and resumed runs change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from .errors import SettingError
from .speech_features import speech_features

__all__ = ["SpeechBatch", "Spoken", "SpokenTexts", "collate_speech"]

Augment = Callable[
    [Float[Tensor, "frames mels"], torch.Generator], Float[Tensor, "new_frames mels"]
]


@runtime_checkable
class Said(Protocol):
    """A recording at 16 kHz with its text."""

    @property
    def samples(self) -> Float32[np.ndarray, " time"]: ...

    @property
    def text(self) -> str: ...


class Spoken(NamedTuple):
    """Features of a recording, and the symbols of its text."""

    features: Float[Tensor, "frames mels"]
    symbols: Int[Tensor, " labels"]


class SpeechBatch(NamedTuple):
    """Recordings side by side, padded with zeros at the end."""

    features: Float[Tensor, "batch frames mels"]
    lengths: Int[Tensor, " batch"]
    targets: Int[Tensor, "batch labels"]
    target_lengths: Int[Tensor, " batch"]


class SpokenTexts(Dataset[Spoken]):
    """Utterances by number; a tuple of numbers gives them joined, with a space between the texts.

    utterances:   recordings at 16 kHz with their texts
    symbols_of:   numbers of the symbols of a text
    space:        number of the symbol between joined texts
    n_mels:       mel bins
    augmentation: what is done to the features of each utterance, from chance
    keep:         hold the features of all, once computed, in memory: 0.1 MB a second of speech at
                  256 mels, 26 kB at 64
    seed:         of the augmentation
    """

    def __init__(
        self,
        utterances: Sequence[Said],
        symbols_of: Callable[[str], Sequence[int]],
        space: int,
        n_mels: int = 64,
        augmentation: Augment | None = None,
        *,
        keep: bool = True,
        seed: int = 0,
    ) -> None:
        self.utterances, self.symbols_of, self.space = utterances, symbols_of, space
        self.n_mels, self.augmentation, self.keep = n_mels, augmentation, keep
        self.seed, self.epoch = seed, 0
        self._kept: dict[int, Spoken] = {}

    def set_epoch(self, epoch: int) -> None:
        """Make the following items those of this epoch, counted from 0."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of utterances."""
        return len(self.utterances)

    def __getitem__(self, index: int | tuple[int, ...]) -> Spoken:
        """Return an utterance, or several joined, augmented."""
        indices = index if isinstance(index, tuple) else (index,)
        if not indices:
            raise SettingError("nothing to join: a tuple needs at least 1 number")
        features, symbols = [], []
        for each in indices:
            spoken = self.plain(each)
            augmented = spoken.features
            if self.augmentation is not None:
                augmented = self.augmentation(augmented, self._chance(each))
            features.append(augmented)
            symbols += [spoken.symbols, torch.tensor([self.space])]
        return Spoken(torch.cat(features), torch.cat(symbols[:-1]))

    def plain(self, index: int) -> Spoken:
        """Return an utterance as it is."""
        if index not in self._kept:
            said = self.utterances[index]
            symbols = torch.tensor(self.symbols_of(said.text), dtype=torch.long)
            spoken = Spoken(speech_features(said.samples, self.n_mels), symbols)
            if not self.keep:
                return spoken
            self._kept[index] = spoken
        return self._kept[index]

    def _chance(self, index: int) -> torch.Generator:
        seed = np.random.SeedSequence((self.seed, self.epoch, index)).generate_state(1, np.uint64)
        return torch.Generator().manual_seed(int(seed[0] >> np.uint64(1)))


def collate_speech(spoken: Sequence[Spoken]) -> SpeechBatch:
    """Return utterances as a batch."""
    features, symbols = zip(*spoken, strict=True)
    return SpeechBatch(
        pad_sequence(list(features), batch_first=True),
        torch.tensor([len(each) for each in features]),
        pad_sequence(list(symbols), batch_first=True),
        torch.tensor([len(each) for each in symbols]),
    )
