"""Sets of speech by name, one channel at 16 kHz.

| name | speech | where it comes from |
|---|---|---|
| `prompts-en`, `-es`, `-fr`, `-it`, `-ru` | 23 to 29 minutes each | packages of Debian |
| `formants` | nonsense words, 20 minutes | computed: always here |
| `librispeech` | 100 hours of books read aloud in English | a download, made only when asked for |
| `speech-commands` | 105,829 single English words | a download, made only when asked for |

Pairs of noisy and clean speech are in `voicebank_demand`, recorded noises in `esc50`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .catalogue import DATA_FOLDER
from .errors import DataError, MissingData
from .formants import formants
from .librispeech import open_librispeech
from .prompts import PROMPT_VOICES, open_prompts
from .speech_commands import open_speech_commands
from .utterances import SpeechSplits

__all__ = ["SPEECH_SETS", "open_speech"]

log = logging.getLogger(__name__)


def _prompts_or_formants(language: str, _folder: Path, _download: bool) -> SpeechSplits:
    try:
        return open_prompts(language)
    except MissingData as error:
        log.warning("%s. Synthetic speech stands in for them", error)
        return formants()


SPEECH_SETS: dict[str, Callable[[Path, bool], SpeechSplits]] = {
    **{
        f"prompts-{language}": partial(_prompts_or_formants, language) for language in PROMPT_VOICES
    },
    "formants": lambda _folder, _download: formants(),
    "librispeech": open_librispeech,
    "speech-commands": open_speech_commands,
}


def open_speech(name: str, folder: Path = DATA_FOLDER, download: bool = False) -> SpeechSplits:
    """Return the set of this name, downloaded into `folder`/`name` if asked and needed.

    Where prompts are not installed, synthetic speech is returned in their place; the log warns,
    and `source` says what came.

    Raises DataError for an unknown name, MissingData if the set is not here and may not or cannot
    be downloaded, BrokenFile if a file is not the published one.
    """
    if name not in SPEECH_SETS:
        raise DataError(f"no speech '{name}': there is {', '.join(SPEECH_SETS)}")
    return SPEECH_SETS[name](folder / name, download)
