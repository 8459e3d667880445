"""Speech mixed with noise on the fly: pairs of waveforms, the noisy one and the speech in it.

A mixture is drawn from (seed, epoch, index): which utterances, at what speed and level and through
what filter, which noise and how strong. So a training set has no end, and a run can be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Int16, Int64
from torch import Tensor
from torch.utils.data import Dataset

from .errors import DataError
from .mixing import fit_length, mix
from .noises import Noise
from .sound import resample
from .utterances import SPEECH_RATE, Utterance

__all__ = ["MixedSpeech", "Mixing", "NoiseBank", "NoisyBatch", "NoisyPair", "collate_noisy"]

Samples = Float32[np.ndarray, " time"]

SILENCE = 1e-4  # root mean square; what is quieter has no ratio to noise
LEVEL = 0.1  # root mean square of a mixture, before its level is changed


class NoisyPair(NamedTuple):
    """A mixture and the speech in it.

    Attributes:
        noisy: the mixture, float32
        speech: what was in it before the noise came
        domain: where it belongs, for reports
    """

    noisy: Samples
    speech: Samples
    domain: str


class NoisyBatch(NamedTuple):
    """Pairs, padded with zeros at the end, and how many samples of each are real."""

    noisy: Float[Tensor, "batch time"]
    speech: Float[Tensor, "batch time"]
    lengths: Int64[Tensor, " batch"]
    domains: tuple[str, ...]


def collate_noisy(pairs: Sequence[NoisyPair]) -> NoisyBatch:
    """Return pairs of any length as a batch, in their order.

    A row is a waveform with zeros after it, up to the length of the longest; `lengths` says how
    many samples of each are its own.
    """
    lengths = torch.tensor([len(pair.noisy) for pair in pairs])
    noisy, speech = (
        torch.nn.utils.rnn.pad_sequence(list(map(torch.from_numpy, waveforms)), batch_first=True)
        for waveforms in zip(*((pair.noisy, pair.speech) for pair in pairs), strict=True)
    )
    return NoisyBatch(noisy, speech, lengths, tuple(pair.domain for pair in pairs))


class NoiseBank:
    """Pieces of noises of several kinds, made once, since parts of them are drawn all the time.

    kinds:   makes a piece of each kind
    pieces:  of each kind
    seconds: how long a piece is
    seed:    of all pieces

    Raises DataError if there is nothing to make.
    """

    def __init__(
        self, kinds: Mapping[str, Noise], pieces: int = 16, seconds: float = 5.0, seed: int = 0
    ) -> None:
        if not kinds or pieces < 1 or seconds <= 0:
            raise DataError(
                f"a bank needs kinds, pieces and seconds; got {len(kinds)}, {pieces}, {seconds}"
            )
        rng = np.random.default_rng(seed)
        length = round(seconds * SPEECH_RATE)
        self.pieces = [[make(length, rng) for _ in range(pieces)] for make in kinds.values()]

    def draw(self, length: int, rng: np.random.Generator) -> Samples:
        """Return a part of a piece, of so many samples; a short piece is repeated."""
        kind = self.pieces[int(rng.integers(len(self.pieces)))]
        return fit_length(kind[int(rng.integers(len(kind)))], length, rng)


@dataclass(frozen=True)
class Mixing:
    """How speech and noise are mixed.

    Attributes:
        snr: the lowest and the highest signal-to-noise ratio, dB, default 0 and 10.
        second_noise: probability that a weaker noise of another kind is added, default 0.
        speed: the slowest and the fastest, default 1 and 1; pitch goes with it, so 0.8 to 1.25
            make other voices.
        filter_db: how far a random filter raises or lowers octaves of the speech, dB, default 0.
        level_db: the lowest and the highest level, dB from a root mean square of 0.1; none leaves
            the speech as loud as it was. Default none.
    """

    snr: tuple[float, float] = (0.0, 10.0)
    second_noise: float = 0.0
    speed: tuple[float, float] = (1.0, 1.0)
    filter_db: float = 0.0
    level_db: tuple[float, float] | None = None

    def __call__(
        self, speech: Samples, noises: NoiseBank, rng: np.random.Generator
    ) -> tuple[Samples, Samples]:
        """Return the mixture and the speech in it, at the speed that `speech` came with."""
        speech = _filtered(speech, self.filter_db, rng)
        noise = noises.draw(len(speech), rng)
        if rng.random() < self.second_noise:
            more = noises.draw(len(speech), rng)
            noise = mix(noise, more, rng.uniform(0, 15)) if noise.any() and more.any() else noise
        if not noise.any():  # a part between two clicks
            return speech, speech
        noisy = mix(speech, noise, rng.uniform(*self.snr))
        if self.level_db is None:
            return noisy, speech
        gain = LEVEL / max(_rms(noisy), SILENCE) * 10 ** (rng.uniform(*self.level_db) / 20)
        return (noisy * gain).astype(np.float32), (speech * gain).astype(np.float32)


class MixedSpeech(Dataset[NoisyPair]):
    """Mixtures that are drawn when they are asked for.

    utterances: decoded once and kept, 16 bits a sample
    noises:     what is mixed into them
    mixing:     how
    seconds:    length of each pair, cut from utterances that follow each other at random; None:
                utterance `index`, whole
    examples:   pairs in an epoch; None is as many as utterances
    domain:     of all pairs
    seed:       of all draws

    Raises DataError: there is nothing but silence among the utterances.
    """

    def __init__(
        self,
        utterances: Sequence[Utterance],
        noises: NoiseBank,
        mixing: Mixing,
        seconds: float | None = None,
        examples: int | None = None,
        domain: str = "",
        seed: int = 0,
    ) -> None:
        self.speech = [_as_int16(utterance.samples) for utterance in utterances]
        self.speech = [samples for samples in self.speech if samples.any()]
        if not self.speech:
            raise DataError("mixtures need utterances with sound in them, there are none")
        self.noises, self.mixing, self.domain, self.seed = noises, mixing, domain, seed
        self.length = None if seconds is None else round(seconds * SPEECH_RATE)
        self.examples = len(self.speech) if examples is None else examples
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Make the following items those of this epoch, counted from 0."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of pairs in an epoch."""
        return self.examples

    def __getitem__(self, index: int) -> NoisyPair:
        """Return pair `index` of the epoch that was set.

        The speech is `_whole(index)`, or `_cut` to `length` where there is one; `mixing` makes the
        mixture of it. All draws come from one generator, made anew for each pair of nothing but
        (seed, epoch, index): a pair is the same whenever it is asked for, and in whichever order.
        """
        rng = np.random.default_rng((self.seed, self.epoch, index))
        speech = self._whole(index) if self.length is None else self._cut(self.length, rng)
        return NoisyPair(*self.mixing(speech, self.noises, rng), self.domain)

    def _whole(self, index: int) -> Samples:
        return _as_float(self.speech[index % len(self.speech)])

    def _cut(self, length: int, rng: np.random.Generator) -> Samples:
        """Return a part with sound in it, at a random speed."""
        speed = rng.uniform(*self.mixing.speed)
        rate = round(SPEECH_RATE * speed)
        wanted = -(-length * rate // SPEECH_RATE) + 1
        while True:
            drawn: list[np.ndarray] = []
            while sum(map(len, drawn)) < wanted:
                drawn.append(self.speech[int(rng.integers(len(self.speech)))])
            joined = np.concatenate(drawn)
            start = int(rng.integers(len(joined) - wanted + 1))
            part = resample(_as_float(joined[start : start + wanted]), rate, SPEECH_RATE)[:length]
            if _rms(part) > SILENCE:
                return part


def _filtered(speech: Samples, decibels: float, rng: np.random.Generator) -> Samples:
    """The speech with octaves raised and lowered at random, by up to so many dB."""
    if not decibels:
        return speech
    frequencies = np.fft.rfftfreq(len(speech), 1 / SPEECH_RATE)
    octaves = np.log2(np.maximum(frequencies, 60) / 60)
    gains = np.interp(octaves, np.arange(9), rng.uniform(-decibels, decibels, 9))
    filtered: np.ndarray = np.fft.irfft(np.fft.rfft(speech) * 10 ** (gains / 20), len(speech))
    return filtered.astype(np.float32)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def _as_int16(samples: Samples) -> Int16[np.ndarray, " time"]:
    clipped: np.ndarray = np.clip(np.rint(samples * 32768), -32768, 32767)
    return clipped.astype(np.int16)


def _as_float(samples: Int16[np.ndarray, " time"]) -> Samples:
    return samples.astype(np.float32) / 32768
