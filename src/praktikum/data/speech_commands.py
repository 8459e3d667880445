"""Speech Commands: 35 English words, each said by many people in a second.

    HOME/yes/0a7c2a8d_nohash_0.wav     speaker 0a7c2a8d says "yes" for the first time
    HOME/validation_list.txt           names such as yes/0a7c2a8d_nohash_0.wav; testing_list.txt too

Source: Warden, 2018, "Speech Commands: a dataset for limited-vocabulary speech recognition",
version 0.02, CC BY 4.0. Parts are those of its lists; no speaker is in two of them. The archive's
checksum is the one that torchaudio and TensorFlow Datasets check.
"""

from __future__ import annotations

from pathlib import Path

from .catalogue import DATA_FOLDER
from .errors import FormatError, MissingData
from .published_archives import PublishedArchive, bring, unpack_tree
from .recorded_speech import RecordedSpeech, Recording
from .utterances import SpeechSplits

__all__ = ["SPEECH_COMMANDS", "background_noises", "open_speech_commands", "read_speech_commands"]

SPEECH_COMMANDS = PublishedArchive(
    "speech_commands_v0.02.tar.gz",
    "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
    2_428_923_189,
    sha256="af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
)
LISTS = {"valid": "validation_list.txt", "test": "testing_list.txt"}
NOISES = "_background_noise_"


def open_speech_commands(
    folder: Path = DATA_FOLDER / "speech-commands", download: bool = False
) -> SpeechSplits:
    """Return the three parts; the archive (2.4 GB) and what it unpacks to are kept in `folder`.

    Raises MissingData, BrokenFile as `bring`, FormatError as `read_speech_commands`.
    """
    home = folder / "unpacked"
    if not home.is_dir():
        path = bring(SPEECH_COMMANDS, folder, download)
        unpack_tree(path, home, lambda name: name.suffix in {".wav", ".txt"})
    return read_speech_commands(home)


def read_speech_commands(home: Path) -> SpeechSplits:
    """Return the words in a folder, in the order of their names.

    Raises MissingData if there is no word or no list, FormatError if a list names what is not
    there.
    """
    words = {
        str(path.relative_to(home).as_posix()): Recording(
            path, path.parent.name, path.stem.split("_nohash_")[0]
        )
        for path in sorted(home.glob("*/*_nohash_*.wav"))
    }
    parts: dict[str, list[str]] = {}
    for part, listed in LISTS.items():
        if not words or not (home / listed).is_file():
            raise MissingData(f"{home}: wanted WORD/SPEAKER_nohash_NUMBER.wav and {listed}")
        parts[part] = (home / listed).read_text(encoding="utf-8").split()
        unknown = [name for name in parts[part] if name not in words]
        if unknown:
            raise FormatError(f"{home / listed}: {len(unknown)} not there, first {unknown[0]}")
    held_out = {name for names in parts.values() for name in names}
    return SpeechSplits(
        train=RecordedSpeech([words[name] for name in words if name not in held_out]),
        valid=RecordedSpeech([words[name] for name in parts["valid"]]),
        test=RecordedSpeech([words[name] for name in parts["test"]]),
        source="Speech Commands 0.02: single English words of many speakers",
        licence="CC BY 4.0",
    )


def background_noises(home: Path) -> list[Path]:
    """Return the recordings of noise that come with the words; there may be none."""
    return sorted((home / NOISES).glob("*.wav"))
