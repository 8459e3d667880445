"""Recognition of speech: CTC over characters, of telephone prompts or of books read aloud.

The report sets the words that are wrong, on the same held-out texts, beside what a language model
of the training texts' characters makes of them (its weight is chosen on the validation texts), and,
in English, beside pocketsphinx, which knows neither this voice nor these texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, overload

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from praktikum.audio.ctc import ctc_loss
from praktikum.audio.ctc_beam import Scorer, ctc_beam_search
from praktikum.audio.ctc_decoding import ctc_greedy
from praktikum.audio.error_rates import character_error_rate, edit_distance, word_error_rate
from praktikum.audio.joining_sampler import JoiningSampler
from praktikum.audio.language_score import CharacterScore, character_model
from praktikum.audio.pocketsphinx_peer import pocketsphinx_installed, pocketsphinx_transcripts
from praktikum.audio.recogniser import Recogniser, RecogniserSettings
from praktikum.audio.speech_augmentation import SpeechAugmentation
from praktikum.audio.spoken_form import spoken_form
from praktikum.audio.spoken_texts import SpeechBatch, SpokenTexts, collate_speech
from praktikum.audio.transcriber import Transcriber, symbols_of_language
from praktikum.data import DATA_FOLDER
from praktikum.data.speech_catalogue import open_speech
from praktikum.data.utterances import SPEECH_RATE, Utterance
from praktikum.engine import Step, TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.engine.run_folder import write_whole
from praktikum.recipes.registry import Assembly, Recipe
from praktikum.text.vocabulary import Vocabulary

__all__ = ["RECIPE", "AsrConfig", "AsrObjective", "SpeechData"]

WEIGHTS, BONUSES, BEAM, ORDER = (0.2, 0.4, 0.6, 0.8), (0.0, 0.5), 16, 6
LEAST = 1e-3  # symbols less probable are not tried in a beam


@dataclass(frozen=True)
class SpeechData:
    """Which speech, and how it is put into batches.

    Attributes:
        name: a set of `open_speech`, default ``prompts-en``.
        language: whose spoken form the texts are brought to, default ``en``.
        folder: where downloads are kept, default ``var/data``.
        download: fetch what isn't there, default false.
        longest: seconds; longer recordings, and texts with numbers of several digits, are left
            out. Default 20.
        joins: how many training utterances are joined, in turn, default 1, 1, 2, 3.
        joined: seconds of joined utterances at most, default 14.
        batch_size: recordings, or joined ones, in a batch; default 12.
        keep: hold the features of all in memory, default true; books need too much of it.
        workers: processes that read recordings, default 0 (the run's own).
    """

    name: str = "prompts-en"
    language: str = "en"
    folder: Path = DATA_FOLDER
    download: bool = False
    longest: float = 20.0
    joins: tuple[int, ...] = (1, 1, 2, 3)
    joined: float = 14.0
    batch_size: int = 12
    keep: bool = True
    workers: int = 0

    def __post_init__(self) -> None:
        check_fields(
            self,
            longest=(self.longest > 0, "be above 0 seconds"),
            joins=(min(self.joins, default=0) >= 1, "be numbers of at least 1"),
            joined=(self.joined > 0, "be above 0 seconds"),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            workers=(self.workers >= 0, "be at least 0"),
        )
        spoken_form(self.language)


@dataclass(frozen=True)
class AsrConfig:
    """A run of this recipe.

    Attributes:
        data: the speech.
        network: the size of the recogniser.
        augmentation: what is done to training speech.
        trainer: how the recogniser is trained.
    """

    data: SpeechData = field(default_factory=SpeechData)
    network: RecogniserSettings = field(default_factory=RecogniserSettings)
    augmentation: SpeechAugmentation = field(default_factory=SpeechAugmentation)
    trainer: TrainerSettings = field(default_factory=TrainerSettings)


class AsrObjective:
    """CTC's loss for each character, and the error rates of the best path.

    A batch counts by the characters of its texts, so ``cer`` is that of all texts.
    """

    def __init__(self, symbols: Vocabulary) -> None:
        self.symbols = symbols

    def __call__(self, model: nn.Module, batch: SpeechBatch, /) -> Step:
        """Return the loss of a batch, and ``cer``."""
        log_probs, lengths = model(batch.features, batch.lengths)
        total = ctc_loss(
            log_probs.transpose(0, 1),
            batch.targets,
            lengths,
            batch.target_lengths,
            reduction="sum",
            zero_infinity=True,
        )
        size = max(1, int(batch.target_lengths.sum()))
        said = ctc_greedy(log_probs, lengths)
        edits = sum(
            edit_distance(target[:length], symbols)
            for target, length, symbols in zip(
                batch.targets.tolist(), batch.target_lengths.tolist(), said, strict=True
            )
        )
        return Step(total / size, size, {"cer": torch.tensor(edits / size)})


class _Part(Sequence[Utterance]):
    """The utterances of one part that are short and plain enough, read when asked for."""

    def __init__(self, utterances: Sequence[Utterance], data: SpeechData) -> None:
        form = spoken_form(data.language)
        self._utterances = utterances
        self._chosen: list[int] = []
        self.lengths: list[float] = []
        self.texts: list[str] = []
        for index in range(len(utterances)):
            said = utterances[index]
            seconds, text = len(said.samples) / SPEECH_RATE, form(said.text)
            if text and form.is_plain(said.text) and seconds <= data.longest:
                self._chosen.append(index)
                self.lengths.append(seconds)
                self.texts.append(text)

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Utterance]: ...
    def __getitem__(self, index: int | slice) -> Utterance | Sequence[Utterance]:
        if isinstance(index, slice):
            return [self._utterances[each] for each in self._chosen[index]]
        return self._utterances[self._chosen[index]]


def assemble(config: AsrConfig, run_dir: Path) -> Assembly:
    """Return speech, recogniser and loss, wired; what is heard at the end is put into `run_dir`."""
    data, seed = config.data, config.trainer.seed
    form = spoken_form(data.language)
    symbols = symbols_of_language(form)
    train, valid, test = (
        _Part(part, data) for part in open_speech(data.name, data.folder, data.download)
    )
    dataset = partial(
        SpokenTexts,
        symbols_of=lambda text: symbols.lookup_indices(form(text)),
        space=symbols[" "],
        n_mels=config.network.n_mels,
        keep=data.keep,
    )
    spoken = dataset(train, augmentation=config.augmentation, seed=seed)
    model = Recogniser(config.network, len(symbols))
    some = range(0, len(spoken), max(1, len(spoken) // 300))
    model.standardise(torch.cat([spoken.plain(index).features for index in some]))
    loader = partial(DataLoader, num_workers=data.workers, collate_fn=collate_speech)
    sampler = JoiningSampler(train.lengths, data.batch_size, data.joins, data.joined, seed)

    def held_out(part: _Part) -> DataLoader[Any]:
        return loader(dataset(part), batch_size=data.batch_size)

    def compare(reached: Mapping[str, float]) -> Comparison:
        del reached
        transcriber = Transcriber(model, symbols, data.language)
        transcriber.save(run_dir / "recogniser.safetensors")
        return _comparison(transcriber, train.texts, valid, test, run_dir)

    return Assembly(
        model=model,
        train=loader(spoken, batch_sampler=sampler),
        valid=held_out(valid),
        test=held_out(test),
        objective=AsrObjective(symbols),
        compare=compare,
    )


def _comparison(
    transcriber: Transcriber, train: Sequence[str], valid: _Part, test: _Part, run_dir: Path
) -> Comparison:
    """Return the error rates of the ways to read the same recordings; write what each heard."""
    language = character_model(train, transcriber.form.alphabet, ORDER)
    probabilities = [
        [transcriber.log_probs(said.samples) for said in part] for part in (valid, test)
    ]
    scorers = [
        CharacterScore(language, transcriber.symbols.tokens, weight, bonus)
        for weight, bonus in product(WEIGHTS, BONUSES)
    ]
    best = min(
        scorers,
        key=lambda scorer: word_error_rate(
            valid.texts, _heard(transcriber, probabilities[0], scorer)
        ),
    )
    heard = {
        "this run": [transcriber(said.samples) for said in test],
        f"this run, beam of {BEAM}": _heard(transcriber, probabilities[1]),
        f"this run, {ORDER}-grams of characters": _heard(transcriber, probabilities[1], best),
    }
    if transcriber.language == "en" and pocketsphinx_installed():
        texts = pocketsphinx_transcripts(said.samples for said in test)
        heard["pocketsphinx"] = list(map(transcriber.form, texts))
    rows = zip(test.texts, *heard.values(), strict=True)
    table = ["\t".join(("said", *heard)), *("\t".join(row) for row in rows)]
    write_whole(run_dir / "transcripts.tsv", "\n".join(table) + "\n")
    return {
        name: {
            "WER": word_error_rate(test.texts, texts),
            "CER": character_error_rate(test.texts, texts),
        }
        for name, texts in heard.items()
    }


def _heard(
    transcriber: Transcriber, probabilities: Sequence[Tensor], scorer: Scorer | None = None
) -> list[str]:
    """Return the best text of each recording that the beam finds."""
    return [
        transcriber.text(
            ctc_beam_search(each, beam_size=BEAM, scorer=scorer, least=LEAST)[0].symbols
        )
        for each in probabilities
    ]


RECIPE = Recipe(AsrConfig, assemble)
