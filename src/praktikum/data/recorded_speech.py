"""Utterances in files of sound, each read when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, overload

from .sound_files import read_sound
from .utterances import SPEECH_RATE, Utterance

__all__ = ["RecordedSpeech", "Recording"]


class Recording(NamedTuple):
    """A file of sound, what is said in it and who says it."""

    path: Path
    text: str
    speaker: str


class RecordedSpeech(Sequence[Utterance]):
    """Recordings in the order given, read as one channel at 16 kHz; named by their files' stems."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        """Keep what was given."""
        self.recordings = tuple(recordings)

    def __len__(self) -> int:
        """Return the number of recordings."""
        return len(self.recordings)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> RecordedSpeech: ...
    def __getitem__(self, index: int | slice) -> Utterance | RecordedSpeech:
        """Return an utterance, or ones that are still to be read. Raises as `read_sound`."""
        if isinstance(index, slice):
            return RecordedSpeech(self.recordings[index])
        path, text, speaker = self.recordings[index]
        samples = read_sound(path).mono().at(SPEECH_RATE).samples[0]
        return Utterance(samples, text, speaker, path.stem)
