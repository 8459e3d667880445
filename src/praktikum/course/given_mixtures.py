"""The noisy recordings out of which students get the speech, and the speech itself.

A unit's ``predictions.py`` draws one from a generator, and from nothing else::

    def mixture(rng):
        return noisy, speech    # (time,), 16-bit samples at 16 kHz

Students get the noisy recordings alone. What they hand in looks alike: files of the WAV format with
one channel of 16 bits, which the standard library writes and reads.
"""

from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["RATE", "GivenMixture", "length_of_wav", "wav_of", "write_speech"]

RATE = 16_000
"""Samples a second, Hz."""


@dataclass(frozen=True, slots=True)
class GivenMixture:
    """A noisy recording and the speech in it.

    Attributes:
        name: of its file, and of the file of the speech that is got out of it.
        noisy: 16-bit samples (time,).
        truth: the speech, alike.
    """

    name: str
    noisy: np.ndarray
    truth: np.ndarray

    @property
    def size(self) -> tuple[int, ...]:
        """How large a prediction must be: samples."""
        return self.truth.shape

    @property
    def problem(self) -> str | None:
        """What is wrong with what was drawn; None where nothing is."""
        noisy, truth = np.asarray(self.noisy), np.asarray(self.truth)
        if noisy.dtype == truth.dtype == np.int16 and noisy.shape == truth.shape == (len(truth),):
            return None if truth.any() else "the speech is silent"
        came = f"{noisy.dtype} {noisy.shape} and {truth.dtype} {truth.shape}"
        return f"wanted 16-bit samples (time,) and speech of the same length, got {came}"

    def save(self, folder: Path) -> None:
        """Write the recording, without the speech, into ``folder``."""
        (folder / self.name).write_bytes(wav_of(self.noisy))

    @property
    def shown(self) -> np.ndarray:
        """What students get."""
        return self.noisy


def wav_of(samples: np.ndarray) -> bytes:
    """Return 16-bit samples (time,) as a file of one channel at 16 kHz."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return content.getvalue()


def length_of_wav(path: Path) -> int:
    """Return how many samples a file has. Raises ValueError: it is no such file."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path.name} is no WAV file: {error}") from error


def write_speech(speech: Mapping[str, np.ndarray], path: Path) -> None:
    """Write speech as a student hands it in; the same samples give the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, samples in speech.items():
            archive.writestr(zipfile.ZipInfo(name), wav_of(samples))
