"""Denoising of speech: a Conformer over the spectrum, trained on mixtures made on the fly.

Three domains are told apart in validation, in the test and in the report: known noise (a voice
and kinds of noise of the training, but other sentences and other draws), unknown noise (kinds that
training never has) and an unknown voice, in Russian. The report has noisereduce on the same files.
With pairs that others mixed, VoiceBank-DEMAND, the first domain is their held-out part.
"""

from __future__ import annotations

import importlib.util
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import ConcatDataset, DataLoader, Dataset, Subset

from praktikum.audio.denoiser import RATE, Denoiser, DenoiserSettings
from praktikum.audio.denoising_loss import DenoisingLoss
from praktikum.audio.denoising_metrics import pesq, si_sdr_gain, snr_gain, stoi
from praktikum.data import DATA_FOLDER
from praktikum.data.cut_pairs import CutPairs
from praktikum.data.noises import NOISES, Noise, babble
from praktikum.data.noisy_speech import (
    MixedSpeech,
    Mixing,
    NoiseBank,
    NoisyBatch,
    NoisyPair,
    collate_noisy,
)
from praktikum.data.speech_catalogue import open_speech
from praktikum.data.unheard_noises import UNHEARD_NOISES
from praktikum.data.utterances import SpeechSplits, Utterance
from praktikum.data.voicebank_demand import NoisySplits, open_voicebank_demand
from praktikum.engine import Step, TrainerSettings, check_fields
from praktikum.engine.report import Comparison
from praktikum.recipes.registry import Assembly, Recipe

__all__ = ["RECIPE", "DenoiseConfig", "DenoisingData", "DenoisingObjective", "measure"]

KNOWN_NOISE, UNKNOWN_NOISE = "known noise", "unknown noise"
KINDS: Mapping[str, Noise] = {**NOISES, **UNHEARD_NOISES}
BABBLE = "babble"
Enhance = Callable[[Tensor], Tensor]
"""Gives the speech of a noisy waveform, (time,)."""


@dataclass(frozen=True)
class DenoisingData:
    """Which speech and which noises, and how they are mixed.

    Attributes:
        pairs: ``voicebank-demand`` trains on those pairs, and its test part is the first domain;
            ``mixed`` mixes speech and noise. Default ``mixed``.
        speech: sets of speech to train on, see `praktikum.data.speech_catalogue`; the first is
            tested on. Default the English, Spanish, French and Italian prompts.
        unknown_voice: the set of speech that is only tested on, default the Russian prompts.
        unknown_voice_name: what that domain is called, default ``Russian speech``.
        known: kinds of noise to train on; ``babble`` is made of the training speech.
        unknown: kinds that are only tested on.
        folder: where downloads are kept, default ``var/data``.
        download: fetch what isn't there, default false.
        seconds: length of a training example, default 2.
        examples: training examples in an epoch, default 4,000.
        pieces: of each kind of noise that are made and drawn from, 5 seconds each, default 40.
        train_snr: the lowest and the highest ratio in training, dB, default -5 and 15.
        test_snr: the same in validation and test, default 0 and 10.
        speed: the slowest and the fastest in training, default 0.8 and 1.25.
        filter_db: how far octaves of training speech are raised and lowered, default 6 dB.
        valid, test: utterances of each domain, default 16 and 40.
        least_seconds: how long an utterance must last to be tested on, default 1.5.
        batch_size: examples in a batch, default 8.
        workers: processes that mix, default 0 (the run's own).
    """

    pairs: Literal["mixed", "voicebank-demand"] = "mixed"
    speech: tuple[str, ...] = ("prompts-en", "prompts-es", "prompts-fr", "prompts-it")
    unknown_voice: str = "prompts-ru"
    unknown_voice_name: str = "Russian speech"
    known: tuple[str, ...] = ("white", "pink", "brown", "shaped", "hum", "clicks", BABBLE)
    unknown: tuple[str, ...] = ("blue", "siren", "rain")
    folder: Path = DATA_FOLDER
    download: bool = False
    seconds: float = 2.0
    examples: int = 4000
    pieces: int = 40
    train_snr: tuple[float, float] = (-5.0, 15.0)
    test_snr: tuple[float, float] = (0.0, 10.0)
    speed: tuple[float, float] = (0.8, 1.25)
    filter_db: float = 6.0
    valid: int = 16
    test: int = 40
    least_seconds: float = 1.5
    batch_size: int = 8
    workers: int = 0

    def __post_init__(self) -> None:
        wrong = sorted({*self.known, *self.unknown} - {*KINDS, BABBLE})
        check_fields(
            self,
            speech=(len(self.speech) >= 1, "name at least one set"),
            known=(
                len(self.known) >= 1 and not wrong,
                f"be one or more of {', '.join(KINDS)}, babble",
            ),
            unknown=(
                len(self.unknown) >= 1 and not {*self.known} & {*self.unknown},
                "be one or more kinds that are not among the known",
            ),
            seconds=(self.seconds >= 0.1, "be at least 0.1"),
            examples=(self.examples >= 1, "be at least 1"),
            pieces=(self.pieces >= 1, "be at least 1"),
            train_snr=(self.train_snr[0] <= self.train_snr[1], "be the lower one first"),
            test_snr=(self.test_snr[0] <= self.test_snr[1], "be the lower one first"),
            speed=(0.5 <= self.speed[0] <= self.speed[1] <= 2, "lie in 0.5 to 2, the slower first"),
            filter_db=(self.filter_db >= 0, "be at least 0"),
            valid=(self.valid >= 1, "be at least 1"),
            test=(self.test >= 1, "be at least 1"),
            least_seconds=(self.least_seconds >= 0, "be at least 0"),
            batch_size=(self.batch_size >= 1, "be at least 1"),
            workers=(self.workers >= 0, "be at least 0"),
        )

    @property
    def domains(self) -> tuple[str, str, str]:
        """The names of the three domains."""
        first = KNOWN_NOISE if self.pairs == "mixed" else "VoiceBank-DEMAND"
        return (first, UNKNOWN_NOISE, self.unknown_voice_name)

    def open(self, name: str) -> SpeechSplits:
        """Return the set of speech of a name. Raises DataError where it is not as it should be."""
        return open_speech(name, self.folder, self.download)

    def training(self, speech: Sequence[SpeechSplits], seed: int) -> MixedSpeech:
        """Return the mixtures to train on."""
        utterances = [utterance for splits in speech for utterance in splits.train]
        mixing = Mixing(self.train_snr, 0.5, self.speed, self.filter_db, (-15.0, 6.0))
        bank = self._bank(self.known, utterances, seed)
        return MixedSpeech(utterances, bank, mixing, self.seconds, self.examples, seed=seed)

    def ready_made(self) -> NoisySplits | None:
        """Return the pairs that others mixed, if any are wanted."""
        if self.pairs == "mixed":
            return None
        return open_voicebank_demand(self.folder / self.pairs, self.download)

    def held_out(
        self,
        part: Literal["valid", "test"],
        speech: SpeechSplits,
        unknown_voice: SpeechSplits,
        ready: NoisySplits | None,
        seed: int,
    ) -> ConcatDataset[NoisyPair]:
        """Return mixtures of whole utterances in the three domains."""
        known, unknown = (
            self._bank(kinds, speech.train, seed) for kinds in (self.known, self.unknown)
        )
        count: int = getattr(self, part)
        ours, theirs = (
            self._long_enough(getattr(splits, part), count) for splits in (speech, unknown_voice)
        )
        mixing = Mixing(self.test_snr)
        sources = ((ours, known), (ours, unknown), (theirs, known))
        mixed: list[Dataset[NoisyPair]] = [
            MixedSpeech(utterances, bank, mixing, domain=domain, seed=seed + number)
            for number, (domain, (utterances, bank)) in enumerate(
                zip(self.domains, sources, strict=True)
            )
        ]
        if ready is not None:
            pairs: Any = getattr(ready, part)
            mixed[0] = Subset(pairs, range(min(count, len(pairs))))
        return ConcatDataset(mixed)

    def _long_enough(self, utterances: Sequence[Utterance], count: int) -> list[Utterance]:
        found: list[Utterance] = []
        for utterance in utterances:
            if len(found) == count:
                break
            if len(utterance.samples) >= self.least_seconds * RATE:
                found.append(utterance)
        return found

    def _bank(self, names: Sequence[str], spoken: Sequence[Utterance], seed: int) -> NoiseBank:
        kinds: dict[str, Noise] = {**KINDS, BABBLE: partial(babble, utterances=spoken)}
        return NoiseBank({name: kinds[name] for name in names}, self.pieces, seed=seed)


class DenoisingObjective:
    """The loss of a denoiser, and how many dB of SI-SDR it gains, in all and in each domain."""

    def __init__(self, spectral: float) -> None:
        self.loss = DenoisingLoss(spectral)

    def __call__(self, model: nn.Module, batch: NoisyBatch, /) -> Step:
        """Return the loss of a batch; a batch is of one domain."""
        noisy, speech, lengths, domains = batch
        whole = bool((lengths == noisy.shape[1]).all())
        estimate = model(noisy) if whole else model(noisy, lengths)
        gain = si_sdr_gain(estimate.detach(), noisy, speech).mean()
        metrics = {"gain": gain} | ({f"gain, {domains[0]}": gain} if domains[0] else {})
        return Step(self.loss(estimate, speech), len(noisy), metrics)


@dataclass(frozen=True)
class DenoiseConfig:
    """A run of this recipe.

    Attributes:
        data: the speech and the noises.
        network: what is trained.
        spectral: weight of the distance of spectra in the loss, beside dB of SI-SDR, default 200.
        trainer: how the network is trained.
    """

    data: DenoisingData = field(default_factory=DenoisingData)
    network: DenoiserSettings = field(default_factory=DenoiserSettings)
    spectral: float = 200.0
    trainer: TrainerSettings = field(
        default_factory=lambda: TrainerSettings(monitor="gain", higher_is_better=True)
    )

    def __post_init__(self) -> None:
        check_fields(self, spectral=(self.spectral >= 0, "be at least 0"))


def measure(enhance: Enhance, pairs: ConcatDataset[NoisyPair]) -> dict[str, float]:
    """Return mean gains over all pairs and in each domain, PESQ and STOI, and the time it took.

    Gains are dB of SI-SDR and of SNR; PESQ and STOI are there if their packages are. The time is
    seconds of processor time for a second of sound.
    """
    found: dict[str, list[float]] = {}
    spent, lasted = 0.0, 0.0
    for number in range(len(pairs)):
        pair = pairs[number]
        noisy, speech = torch.from_numpy(pair.noisy), torch.from_numpy(pair.speech)
        started = time.process_time()
        estimate = enhance(noisy)
        spent, lasted = spent + time.process_time() - started, lasted + len(noisy) / RATE
        gain = float(si_sdr_gain(estimate, noisy, speech))
        values = {
            f"SI-SDR gain, {pair.domain}": gain,
            "SI-SDR gain": gain,
            "SNR gain": float(snr_gain(estimate, noisy, speech)),
        }
        for name, judge in (("PESQ", pesq), ("STOI", stoi)):
            if importlib.util.find_spec({"PESQ": "pesq", "STOI": "pystoi"}[name]):
                values[name] = judge(estimate, speech)
        for name, value in values.items():
            if not math.isnan(value):  # PESQ and STOI say nothing of what is too short
                found.setdefault(name, []).append(value)
    means = {name: float(np.mean(values)) for name, values in found.items()}
    return means | {"seconds a second": spent / lasted}


def assemble(config: DenoiseConfig, run_dir: Path) -> Assembly:
    """Return mixtures, network and loss, wired; nothing is put into `run_dir`."""
    del run_dir
    data, seed = config.data, config.trainer.seed
    speech = [data.open(name) for name in data.speech]
    unknown_voice, ready = data.open(data.unknown_voice), data.ready_made()
    train: Dataset[NoisyPair] = (
        data.training(speech, seed) if ready is None else CutPairs(ready.train, data.seconds, seed)
    )
    valid = data.held_out("valid", speech[0], unknown_voice, ready, seed + 1_000)
    test = data.held_out("test", speech[0], unknown_voice, ready, seed + 2_000)
    model = Denoiser(config.network)

    def compare(reached: Mapping[str, float]) -> Comparison:
        del reached  # measured anew, with the other measures, as the other methods are
        return _compare(model, config.network.positions, test)

    loader = partial(DataLoader, collate_fn=collate_noisy, num_workers=data.workers)
    return Assembly(
        model=model,
        train=loader(train, batch_size=data.batch_size, shuffle=True),
        valid=loader(valid, batch_sampler=_one_domain(valid, data.batch_size)),
        test=loader(test, batch_sampler=_one_domain(test, data.batch_size)),
        objective=DenoisingObjective(config.spectral),
        compare=compare,
    )


def _compare(
    model: Denoiser, positions: str, test: ConcatDataset[NoisyPair]
) -> Mapping[str, Mapping[str, float]]:
    """Return what the network and other methods reach on the same files."""
    device = next(model.parameters()).device

    @torch.no_grad()
    def denoise(noisy: Tensor) -> Tensor:
        speech: Tensor = model.eval()(noisy[None].to(device))[0]
        return speech.cpu()

    table = {
        "noisy, as it came": measure(lambda noisy: noisy, test),
        f"this run ({positions} positions)": measure(denoise, test),
    }
    if importlib.util.find_spec("noisereduce"):
        table["noisereduce"] = measure(_noisereduce, test)
    return table


def _noisereduce(noisy: Tensor) -> Tensor:
    """Return what spectral gating, as noisereduce does it by default, leaves of a waveform."""
    import noisereduce

    reduced: np.ndarray = noisereduce.reduce_noise(y=noisy.numpy(), sr=RATE)
    return torch.from_numpy(reduced.astype(np.float32))


def _one_domain(pairs: ConcatDataset[Any], batch_size: int) -> list[list[int]]:
    """Return batches of indices that do not cross from one data set to the next."""
    batches, start = [], 0
    for end in pairs.cumulative_sizes:
        batches += [
            list(range(first, min(first + batch_size, end)))
            for first in range(start, end, batch_size)
        ]
        start = end
    return batches


RECIPE = Recipe(DenoiseConfig, assemble)
