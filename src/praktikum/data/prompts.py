"""Speech that Debian carries: prompts of the telephone exchange Asterisk, with their texts.

| language | voice | prompts | licence | packages |
|---|---|---|---|---|
| `en` | Allison Smith, a woman | 551 | CC BY-SA 3.0 | asterisk-core-sounds-en, -en-g722 |
| `es` | Allison Smith, too | 477 | CC BY-SA 3.0 | asterisk-core-sounds-es, -es-g722 |
| `fr` | June Wallack, a woman | 509 | CC BY-SA 3.0 | asterisk-core-sounds-fr, -fr-g722 |
| `it` | Carlo Flora, a man | 582 | CC BY 3.0 | asterisk-core-sounds-it, -it-g722 |
| `ru` | IvrVoice, a woman | 554 | CC BY 3.0 | asterisk-core-sounds-ru, -ru-g722 |

They are read where the user's system has them and copied nowhere. A language has one voice, so a
speaker is held out by holding out a language: `en` and `es` share theirs. Within a language the
parts are told by the text alone, so that no sentence is in two of them.

The files are ITU-T G.722 at 64 kbit/s: 16 kHz, 0.05 to 7 kHz, decoded by the package G722.
"""

from __future__ import annotations

import gzip
import re
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np
from jaxtyping import Float32

from .errors import DataError, FormatError, MissingData
from .rated_texts import share_of
from .utterances import SPEECH_RATE, SpeechSplits, Utterance

__all__ = ["PROMPT_VOICES", "Prompts", "open_prompts", "prompts_installed", "read_prompt_texts"]

SOUNDS = Path("/usr/share/asterisk/sounds")
TEXTS = Path("/usr/share/doc")
BITRATE = 64_000  # bits a second: a byte is two samples
VALID, TEST = 0.1, 0.15  # shares of all texts

REMARK = re.compile(r"^\s*\[.*\]\s*$|\(.*?\)|<.*?>|\[.?\]")  # [tones], (beep), dot [.]
BRACKETS = re.compile(r"[\[\]]")  # around a word that is said all the same


@dataclass(frozen=True)
class Voice:
    """Who speaks the prompts of a language: a name, Debian's folder, the licence."""

    speaker: str
    folder: str
    licence: str


PROMPT_VOICES = {
    "en": Voice("Allison Smith", "en_US_f_Allison", "CC BY-SA 3.0"),
    "es": Voice("Allison Smith", "es_MX_f_Allison", "CC BY-SA 3.0"),
    "fr": Voice("June Wallack", "fr_CA_f_June", "CC BY-SA 3.0"),
    "it": Voice("Carlo Flora", "it_IT_m_Carlo", "CC BY 3.0"),
    "ru": Voice("IvrVoice", "ru_RU_f_IvrvoiceRU", "CC BY 3.0"),
}
"""The voice of each language there is a package for."""


class Prompts(Sequence[Utterance]):
    """Prompts of one voice, each decoded when it is asked for, which takes 1 ms for a second.

    folder: where the files are
    texts: the name of each prompt, its file below `folder` without the ending, and what it says
    speaker: whose voice it is
    """

    def __init__(self, folder: Path, texts: Sequence[tuple[str, str]], speaker: str) -> None:
        """Keep what was given. Raises MissingData if the decoder is not installed."""
        _decoder()
        self.folder = folder
        self.texts = tuple(texts)
        self.speaker = speaker

    def __len__(self) -> int:
        """Return the number of prompts."""
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> Prompts: ...
    def __getitem__(self, index: int | slice) -> Utterance | Prompts:
        """Return a prompt, or prompts that are still to be decoded."""
        if isinstance(index, slice):
            return Prompts(self.folder, self.texts[index], self.speaker)
        name, text = self.texts[index]
        content = (self.folder / f"{name}.g722").read_bytes()
        return Utterance(decode_g722(content), text, self.speaker, name)


def open_prompts(
    language: str,
    sounds: Path = SOUNDS,
    texts: Path = TEXTS,
    valid: float = VALID,
    test: float = TEST,
) -> SpeechSplits:
    """Return the prompts of a language: speech alone, no tones and no silences.

    Args:
        language: a key of PROMPT_VOICES.
        sounds: where the folders of voices are.
        texts: where the folders of the packages' documents are.
        valid: the share of texts to choose by.
        test: the share of texts to test on.

    Raises:
        DataError: no such language.
        MissingData: its packages are not installed; the text says which to install.
        FormatError: the list of texts is none.
    """
    if language not in PROMPT_VOICES:
        raise DataError(f"no prompts in '{language}': there are {', '.join(PROMPT_VOICES)}")
    voice = PROMPT_VOICES[language]
    folder, listed = sounds / voice.folder, _list_of_texts(language, texts)
    if not folder.is_dir() or not listed.is_file() or not any(folder.glob("*.g722")):
        package = f"asterisk-core-sounds-{language}"
        raise MissingData(
            f"the prompts in '{language}' are not installed: apt install {package} {package}-g722 "
            "(Debian, Ubuntu)"
        )
    said = [
        (name, text, share_of(text))
        for name, text in sorted(read_prompt_texts(listed).items())
        if (folder / f"{name}.g722").is_file()
    ]

    def part(least: float, below: float) -> Prompts:
        chosen = [(name, text) for name, text, share in said if least <= share < below]
        return Prompts(folder, chosen, voice.speaker)

    return SpeechSplits(
        train=part(test + valid, 1.0),
        valid=part(test, test + valid),
        test=part(0.0, test),
        source=f"prompts of Asterisk in '{language}', spoken by {voice.speaker}, 16 kHz G.722",
        licence=voice.licence,
    )


def prompts_installed(sounds: Path = SOUNDS, texts: Path = TEXTS) -> tuple[str, ...]:
    """Return the languages whose prompts and texts are on this machine."""
    return tuple(
        language
        for language, voice in PROMPT_VOICES.items()
        if any((sounds / voice.folder).glob("*.g722")) and _list_of_texts(language, texts).is_file()
    )


def read_prompt_texts(path: Path) -> dict[str, str]:
    """Return what is said in each prompt by the prompt's name, from gzipped lines ``name: text``.

    Prompts in which nobody speaks are left out: those without a text and those whose text is but a
    remark in brackets, such as ``[simple beep tone]``. Remarks within a text are cut, too. Raises
    FormatError if it is no such file.
    """
    try:
        lines = gzip.decompress(path.read_bytes()).decode("utf-8-sig").splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: wanted gzipped UTF-8 lines 'name: text' ({error})") from error
    said: dict[str, str] = {}
    for line in lines:
        name, colon, text = line.partition(":")
        text = text.strip().removeprefix(f"{name}:")  # one list says a name twice
        text = " ".join(BRACKETS.sub("", REMARK.sub("", text)).split())
        if colon and text and not line.startswith(";"):
            said[name.strip()] = text
    if not said:
        raise FormatError(f"{path}: not one line 'name: text' is in it")
    return said


def decode_g722(content: bytes) -> Float32[np.ndarray, " time"]:
    """Return the samples of a G.722 stream of 64 kbit/s: two for each byte, at 16 kHz."""
    samples: array[int] = _decoder()(SPEECH_RATE, BITRATE).decode(content)
    return np.frombuffer(samples, np.int16).astype(np.float32) / 32768


def _decoder() -> type:
    try:
        from G722 import G722
    except ImportError as error:
        raise MissingData(
            "prompts need the package G722: pip install 'praktikum[audio]'"
        ) from error
    decoder: type = G722
    return decoder


def _list_of_texts(language: str, texts: Path) -> Path:
    return texts / f"asterisk-core-sounds-{language}" / f"core-sounds-{language}.txt.gz"
