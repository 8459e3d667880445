"""Parts of pairs that others mixed, all of one length, drawn anew in each epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch.utils.data import Dataset

from .mixing import fit_length
from .noisy_speech import NoisyPair
from .utterances import SPEECH_RATE

__all__ = ["CutPairs"]


class CutPairs(Dataset[NoisyPair]):
    """A part of each pair, drawn from (seed, epoch, index); short pairs are repeated.

    pairs:   of any length
    seconds: of each part
    seed:    of all draws
    """

    def __init__(self, pairs: Sequence[NoisyPair], seconds: float, seed: int = 0) -> None:
        self.pairs, self.length, self.seed = pairs, round(seconds * SPEECH_RATE), seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Make the following items those of this epoch, counted from 0."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)

    def __getitem__(self, index: int) -> NoisyPair:
        """Return a part of pair `index`, the same of the noisy waveform and of the speech."""
        pair = self.pairs[index]
        noisy, speech = (
            fit_length(waveform, self.length, np.random.default_rng((self.seed, self.epoch, index)))
            for waveform in (pair.noisy, pair.speech)
        )
        return NoisyPair(noisy, speech, "")
