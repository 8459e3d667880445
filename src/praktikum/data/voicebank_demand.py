"""VoiceBank-DEMAND: English sentences, clean and with noise: the usual measure of denoisers.

    HOME/clean_testset_wav/p232_001.wav    speaker p232; 48 kHz, read at 16 kHz
    HOME/noisy_testset_wav/p232_001.wav    the same with noise

Source: Valentini-Botinhao, 2017, "Noisy speech database for training speech enhancement algorithms
and TTS models", doi 10.7488/ds/2117, CC BY 4.0. 11,572 pairs of 28 speakers to train on, at 0 to 15
dB; 824 of two others to test on, in other noises, at 2.5 to 17.5 dB. As is usual, p226 and p287 are
taken out of the training to choose by.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, overload

from .catalogue import DATA_FOLDER
from .errors import FormatError, MissingData
from .noisy_speech import NoisyPair
from .published_archives import PublishedArchive, bring, unpack_tree
from .sound_files import read_sound
from .utterances import SPEECH_RATE

__all__ = ["VOICEBANK_DEMAND", "NoisyFiles", "NoisySplits", "open_voicebank_demand", "read_pairs"]

ADDRESS = "https://datashare.ed.ac.uk/bitstream/handle/10283/2791/"


def _archive(name: str, size: int | None, md5: str) -> PublishedArchive:
    return PublishedArchive(f"{name}.zip", f"{ADDRESS}{name}.zip", size, md5)


VOICEBANK_DEMAND = {
    "train": (
        _archive("noisy_trainset_28spk_wav", 2_830_205_201, "1fca9e8bafb8cd069f6653c6d92f9e9c"),
        _archive("clean_trainset_28spk_wav", 2_486_057_279, "d2d5a45ec32f8fcbf201bde0447e20ba"),
    ),
    "test": (
        _archive("noisy_testset_wav", None, "fb1b86caa31e8ba5b506c0c64da9aab5"),
        _archive("clean_testset_wav", None, "34eb1c0ba7ef667e9b966866c542fc16"),
    ),
}
"""The archives with noise and without of each part; MD5 as the university's archive has it."""

VALID_SPEAKERS = ("p226", "p287")


class NoisyFiles(Sequence[NoisyPair]):
    """Pairs of files, each read when it is asked for, one channel at 16 kHz.

    files: of each pair the noisy one and the clean one
    domain: of all pairs
    """

    def __init__(
        self, files: Sequence[tuple[Path, Path]], domain: str = "VoiceBank-DEMAND"
    ) -> None:
        """Keep what was given."""
        self.files = tuple(files)
        self.domain = domain

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.files)

    @overload
    def __getitem__(self, index: int) -> NoisyPair: ...
    @overload
    def __getitem__(self, index: slice) -> NoisyFiles: ...
    def __getitem__(self, index: int | slice) -> NoisyPair | NoisyFiles:
        """Return a pair, or ones that are still to be read.

        Raises FormatError if the two differ in length, and as `read_sound`.
        """
        if isinstance(index, slice):
            return NoisyFiles(self.files[index], self.domain)
        noisy, clean = (
            read_sound(path).mono().at(SPEECH_RATE).samples[0] for path in self.files[index]
        )
        if len(noisy) != len(clean):
            raise FormatError(
                f"{self.files[index][0]}: as many samples as in {self.files[index][1]} were "
                f"wanted, {len(clean)}, got {len(noisy)}"
            )
        return NoisyPair(noisy, clean, self.domain)


class NoisySplits(NamedTuple):
    """Pairs to train on, to choose by and to test on; no speaker is in two of them."""

    train: NoisyFiles
    valid: NoisyFiles
    test: NoisyFiles


def open_voicebank_demand(
    folder: Path = DATA_FOLDER / "voicebank-demand", download: bool = False
) -> NoisySplits:
    """Return the three parts; archives (5.6 GB) and what they unpack to are kept in `folder`.

    Raises MissingData, BrokenFile as `bring`, FormatError as `read_pairs`.
    """
    pairs = {}
    for part, archives in VOICEBANK_DEMAND.items():
        homes = [folder / archive.name.removesuffix(".zip") for archive in archives]
        for archive, home in zip(archives, homes, strict=True):
            if not home.is_dir():
                unpack_tree(bring(archive, folder, download), home, _is_wav)
        pairs[part] = read_pairs(*homes)
    train, valid = (
        [pair for pair in pairs["train"] if pair[0].name.startswith(VALID_SPEAKERS) is chosen_by]
        for chosen_by in (False, True)
    )
    return NoisySplits(NoisyFiles(train), NoisyFiles(valid), NoisyFiles(pairs["test"]))


def read_pairs(noisy: Path, clean: Path) -> list[tuple[Path, Path]]:
    """Return the WAV files of two folders, at any depth, paired by their names, in their order.

    Raises MissingData if there are none, FormatError if a name is in one folder alone.
    """
    named = [{path.name: path for path in home.rglob("*.wav")} for home in (noisy, clean)]
    alone = sorted(named[0].keys() ^ named[1].keys())
    if alone:
        raise FormatError(
            f"{len(alone)} files are in one of {noisy} and {clean} alone: {alone[0]} …"
        )
    if not named[0]:
        raise MissingData(f"{noisy}: no WAV files are here")
    return [(named[0][name], named[1][name]) for name in sorted(named[0])]


def _is_wav(name: object) -> bool:
    return str(name).endswith(".wav")
