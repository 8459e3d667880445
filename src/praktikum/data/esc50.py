"""ESC-50: 2,000 sounds of 5 seconds in 50 classes, from rain to clock alarms: real noises.

    HOME/audio/1-100032-A-0.wav     fold 1, clip 100032 of Freesound, take A, class 0
    HOME/meta/esc50.csv             filename, fold, target, category …

Source: Piczak, 2015, "ESC: dataset for environmental sound classification", CC BY-NC 3.0. Clips
that were cut from one recording are in one fold. GitHub packs the repository when it is asked for,
so no checksum of the archive lasts: the first download is trusted, see `published_archives`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from .catalogue import DATA_FOLDER
from .errors import FormatError, MissingData
from .published_archives import PublishedArchive, bring, unpack_tree
from .sound_files import read_sound
from .utterances import SPEECH_RATE

__all__ = ["ESC50", "FOLDS", "RecordedNoise", "open_esc50", "read_esc50"]

ESC50 = PublishedArchive(
    "ESC-50.zip", "https://github.com/karolpiczak/ESC-50/archive/refs/heads/master.zip"
)
FOLDS = (1, 2, 3, 4, 5)


class RecordedNoise(NamedTuple):
    """A recording, the name of its class and its fold, 1 to 5."""

    path: Path
    category: str
    fold: int

    def samples(self) -> Float32[np.ndarray, " time"]:
        """Return it as one channel at 16 kHz. Raises as `read_sound`."""
        samples: np.ndarray = read_sound(self.path).mono().at(SPEECH_RATE).samples[0]
        return samples


def open_esc50(
    folder: Path = DATA_FOLDER / "esc-50",
    download: bool = False,
    folds: Sequence[int] = FOLDS,
) -> list[RecordedNoise]:
    """Return the recordings of these folds; archive (0.6 GB) and what it unpacks to are kept.

    Raises MissingData, BrokenFile as `bring`, FormatError as `read_esc50`.
    """
    home = folder / "unpacked"
    if not home.is_dir():
        path = bring(ESC50, folder, download)
        unpack_tree(path, home, lambda name: name.suffix in {".wav", ".csv"})
    inner = next(iter(home.glob("*/meta")), home / "meta").parent  # GitHub adds a folder
    return [noise for noise in read_esc50(inner) if noise.fold in folds]


def read_esc50(home: Path) -> list[RecordedNoise]:
    """Return the recordings that a folder's list names, in its order.

    Raises MissingData if there is no list, FormatError that tells every line without its recording.
    """
    listed = home / "meta" / "esc50.csv"
    if not listed.is_file():
        raise MissingData(f"{listed}: the list of recordings was wanted, there is none")
    found, mistakes = [], []
    with listed.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            path = home / "audio" / (row.get("filename") or "")
            fold, category = row.get("fold") or "", row.get("category") or ""
            if not path.is_file() or not fold.isdigit() or not category:
                mistakes.append(f"{listed}: wanted filename, fold and category, got {dict(row)}")
                continue
            found.append(RecordedNoise(path, category, int(fold)))
    if mistakes:
        raise FormatError("\n".join(mistakes))
    return found
