"""Utterances: short recordings of one speaker with what is said, one channel at 16 kHz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

__all__ = ["SPEECH_RATE", "SpeechSplits", "Utterance"]

SPEECH_RATE = 16_000
"""Samples a second of every utterance, Hz."""


class Utterance(NamedTuple):
    """What one person says in one breath.

    Attributes:
        samples: full scale is -1 to 1
        text: what is said, as whoever published it wrote it down
        speaker: who says it
        name: of the recording, in its set
    """

    samples: Float32[np.ndarray, " time"]
    text: str
    speaker: str
    name: str


@dataclass(frozen=True)
class SpeechSplits:
    """Utterances to train on, to choose by and to test on; no recording is in two of them.

    Attributes:
        train, valid, test: the parts; an utterance may be read or made when it is asked for
        source: what this is and whose, in a sentence for reports
        licence: on what terms it may be used
    """

    train: Sequence[Utterance]
    valid: Sequence[Utterance]
    test: Sequence[Utterance]
    source: str
    licence: str

    def __iter__(self) -> Iterator[Sequence[Utterance]]:
        """Yield the three parts in this order."""
        return iter((self.train, self.valid, self.test))
