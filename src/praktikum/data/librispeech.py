"""LibriSpeech: books read aloud in English, with their texts.

    HOME/LibriSpeech/dev-clean/84/121123/84-121123-0000.flac    speaker 84, chapter 121123
    HOME/LibriSpeech/dev-clean/84/121123/84-121123.trans.txt    "84-121123-0000 GO DO YOU HEAR"

Source: Panayotov, Chen, Povey, Khudanpur, 2015, "LibriSpeech: an ASR corpus based on public domain
audio books", openslr.org/12, CC BY 4.0. Trained on are the 100 hours of `train-clean-100`, chosen
by is `dev-clean`, tested on `test-clean`: 5.4 hours each. No speaker is in two of them.
"""

from __future__ import annotations

from pathlib import Path

from .catalogue import DATA_FOLDER
from .errors import FormatError, MissingData
from .published_archives import PublishedArchive, bring, unpack_tree
from .recorded_speech import RecordedSpeech, Recording
from .utterances import SpeechSplits

__all__ = ["LIBRISPEECH", "open_librispeech", "read_librispeech"]

ADDRESS = "https://www.openslr.org/resources/12/"


def _archive(part: str, size: int, sha256: str) -> PublishedArchive:
    name = f"{part}.tar.gz"
    return PublishedArchive(name, ADDRESS + name, size, sha256=sha256)


LIBRISPEECH = {
    "train-clean-100": _archive(
        "train-clean-100",
        6_387_309_499,
        "d4ddd1d5a6ab303066f14971d768ee43278a5f2a0aa43dc716b0e64ecbbbf6e2",
    ),
    "dev-clean": _archive(
        "dev-clean",
        337_926_286,
        "76f87d090650617fca0cac8f88b9416e0ebf80350acb97b343a85fa903728ab3",
    ),
    "test-clean": _archive(
        "test-clean",
        346_663_984,
        "39fde525e59672dc6d1551919b1478f724438a95aa55f874b576be21967e6c23",
    ),
}
"""The archive of each part; checksums as torchaudio checks them."""


def open_librispeech(
    folder: Path = DATA_FOLDER / "librispeech", download: bool = False
) -> SpeechSplits:
    """Return the three parts; archives (7 GB) and what they unpack to are kept in `folder`.

    Raises MissingData, BrokenFile as `bring`, FormatError as `read_librispeech`.
    """
    parts = {}
    for part, archive in LIBRISPEECH.items():
        home = folder / part
        if not home.is_dir():
            path = bring(archive, folder, download)
            unpack_tree(path, home, lambda name: name.suffix in {".flac", ".txt"})
        parts[part] = read_librispeech(home / "LibriSpeech" / part)
    return SpeechSplits(
        train=parts["train-clean-100"],
        valid=parts["dev-clean"],
        test=parts["test-clean"],
        source="LibriSpeech train-clean-100, dev-clean, test-clean: books read aloud in English",
        licence="CC BY 4.0",
    )


def read_librispeech(folder: Path) -> RecordedSpeech:
    """Return the utterances of a part's folder, in the order of their names.

    Raises MissingData if no text is there, FormatError that tells every text without its sound.
    """
    recordings, mistakes = [], []
    for listed in sorted(folder.glob("*/*/*.trans.txt")):
        for line in listed.read_text(encoding="utf-8").splitlines():
            name, _, text = line.partition(" ")
            path = listed.with_name(f"{name}.flac")
            if not text.strip() or not path.is_file():
                mistakes.append(f"{listed}: wanted a name with a sound and a text, got {line!r}")
            recordings.append(Recording(path, text, listed.parent.parent.name))
    if mistakes:
        raise FormatError("\n".join(mistakes))
    if not recordings:
        raise MissingData(f"{folder}: no SPEAKER/CHAPTER/*.trans.txt is here")
    return RecordedSpeech(recordings)
