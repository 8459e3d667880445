"""``praktikum transcribe``: what is said in a recording, by the model that the package has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.memory import keep_big_blocks

if TYPE_CHECKING:
    from praktikum.audio.ctc_beam import Scorer
    from praktikum.audio.transcriber import Transcriber

__all__ = ["transcribe"]


def transcribe(
    recording: Annotated[Path, typer.Argument(metavar="FILE", help="A recording of speech.")],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", help="A recogniser's safetensors; the one that comes if not given."
        ),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", help="Sentences such as may be said, one a line, to lean on."),
    ] = None,
    times: Annotated[
        bool, typer.Option("--times", help="Put the seconds of each piece before its text.")
    ] = False,
) -> None:
    """Write down what is said: a line for each piece of at most 20 seconds.

    Any rate and number of channels. The model that comes has learnt one voice's telephone prompts
    in English; of other voices it understands little.

    Example: `praktikum transcribe prompt.wav --texts sentences.txt`
    """
    from praktikum.audio.errors import AudioError
    from praktikum.audio.speech_pieces import quiet_pieces
    from praktikum.audio.transcriber import SHIPPED, Transcriber
    from praktikum.data.errors import DataError
    from praktikum.data.sound_files import read_sound
    from praktikum.data.utterances import SPEECH_RATE

    keep_big_blocks()
    with one_line(AudioError, DataError, OSError, UnicodeDecodeError):
        transcriber = Transcriber.load(model or SHIPPED)
        scorer = None if texts is None else _leaning_on(texts, transcriber)
        (samples,) = read_sound(recording).mono().at(SPEECH_RATE).samples
        for start, stop in quiet_pieces(samples, SPEECH_RATE):
            said = transcriber(samples[start:stop], scorer, 1 if scorer is None else 16)
            when = f"{start / SPEECH_RATE:.2f}\t{stop / SPEECH_RATE:.2f}\t" if times else ""
            print(when + said)


def _leaning_on(texts: Path, transcriber: Transcriber) -> Scorer:
    """Return the word of a language model of the characters of these sentences."""
    from praktikum.audio.language_score import CharacterScore, character_model

    sentences = map(transcriber.form, texts.read_text(encoding="utf-8").splitlines())
    model = character_model([said for said in sentences if said], transcriber.form.alphabet)
    return CharacterScore(model, transcriber.symbols.tokens)
