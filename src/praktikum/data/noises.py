"""Noises that are made, not recorded: coloured, humming, clicking, and babble of many voices.

Each is drawn from `rng` alone, so the same generator gives the same noise, and each is as strong
as the others: its root mean square is 0.1. `NOISES` has those that need nothing but a length.
Babble is made of utterances; take them in a language that the speech is not in, else the target is
among the noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from jaxtyping import Float, Float32

from .errors import DataError
from .mixing import fit_length
from .utterances import SPEECH_RATE, Utterance

__all__ = ["NOISES", "Noise", "babble", "clicks", "coloured", "hum", "levelled", "shaped"]

Samples = Float32[np.ndarray, " time"]
Noise = Callable[[int, np.random.Generator], Samples]
"""Makes a noise of so many samples at 16 kHz."""

RMS = 0.1
AUDIBLE = 20.0  # Hz; below it a coloured noise is as strong as at it
TALKERS = 6


def coloured(length: int, rng: np.random.Generator, exponent: float = 0.0) -> Samples:
    """Return Gaussian noise whose power falls as 1 / frequency^exponent.

    exponent: 0 is white, 1 pink (equal in every octave), 2 brown, -1 blue
    """
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / SPEECH_RATE), AUDIBLE)
    return levelled(_filtered(rng.standard_normal(length), frequencies ** (-exponent / 2)))


def shaped(length: int, rng: np.random.Generator) -> Samples:
    """Return Gaussian noise of a random smooth spectrum that swells and fades: wind, a motor.

    The spectrum runs through random levels, ±15 dB, an octave apart; loudness through levels of
    ±10 dB, half a second apart.
    """
    octaves = np.log2(np.maximum(np.fft.rfftfreq(length, 1 / SPEECH_RATE), AUDIBLE) / AUDIBLE)
    spectrum = np.interp(octaves, np.arange(10), rng.uniform(-15, 15, 10))
    seconds = np.arange(length) / SPEECH_RATE
    knots = np.arange(0, length / SPEECH_RATE + 1, 0.5)
    loudness = np.interp(seconds, knots, rng.uniform(-10, 10, len(knots)))
    noise = _filtered(rng.standard_normal(length), 10 ** (spectrum / 20))
    return levelled(noise * 10 ** (loudness / 20))


def hum(length: int, rng: np.random.Generator) -> Samples:
    """Return mains hum: 50 or 60 Hz and its harmonics to 2 kHz, weaker the higher, with a hiss."""
    mains = rng.choice([50.0, 60.0])
    harmonics = np.arange(1, int(2000 / mains) + 1)
    strengths = rng.uniform(0.2, 1, len(harmonics)) / harmonics
    phases = rng.uniform(0, 2 * np.pi, len(harmonics))
    turns = 2 * np.pi * mains * np.arange(length) / SPEECH_RATE
    noise = 0.02 * rng.standard_normal(length)
    for harmonic, strength, phase in zip(harmonics, strengths, phases, strict=True):
        noise += strength * np.sin(harmonic * turns + phase)
    return levelled(noise)


def clicks(length: int, rng: np.random.Generator, per_second: float = 6.0) -> Samples:
    """Return clicks at random moments, at least one: bursts of ringing that die in milliseconds."""
    noise = np.zeros(length)
    for _ in range(max(1, rng.poisson(per_second * length / SPEECH_RATE))):
        start = int(rng.integers(length))
        age = np.arange(min(length - start, SPEECH_RATE // 20)) / SPEECH_RATE  # seconds
        ringing = np.cos(2 * np.pi * rng.uniform(300, 6000) * age)
        noise[start : start + len(age)] += (
            rng.lognormal(0, 0.7) * ringing * np.exp(-age / rng.uniform(0.0005, 0.006))
        )
    return levelled(noise)


def babble(
    length: int, rng: np.random.Generator, utterances: Sequence[Utterance], talkers: int = TALKERS
) -> Samples:
    """Return the noise of `talkers` people speaking at once, each random utterances end to end.

    Raises DataError if there are no utterances, or no talkers.
    """
    if not len(utterances) or talkers < 1:
        raise DataError(f"babble needs utterances and talkers, got {len(utterances)} and {talkers}")
    noise = np.zeros(length)
    for _ in range(talkers):
        spoken: list[np.ndarray] = []
        while sum(map(len, spoken)) < length:
            samples = utterances[int(rng.integers(len(utterances)))].samples
            spoken.append(levelled(samples.astype(np.float64)))
        noise += fit_length(np.concatenate(spoken), length, rng)
    return levelled(noise)


def levelled(noise: Float[np.ndarray, " time"]) -> Samples:
    """Return the noise with the root mean square of all; silence stays silence."""
    gain = RMS / max(float(np.sqrt(np.mean(noise**2))), 1e-12)
    scaled: Samples = (noise * gain).astype(np.float32)
    return scaled


NOISES: dict[str, Noise] = {
    "white": coloured,
    "pink": partial(coloured, exponent=1.0),
    "brown": partial(coloured, exponent=2.0),
    "blue": partial(coloured, exponent=-1.0),
    "shaped": shaped,
    "hum": hum,
    "clicks": clicks,
}
"""Noises by name."""


def _filtered(
    noise: Float[np.ndarray, " time"], response: Float[np.ndarray, " frequencies"]
) -> Float[np.ndarray, " time"]:
    """A noise with each of its frequencies scaled."""
    filtered: np.ndarray = np.fft.irfft(np.fft.rfft(noise) * response, len(noise))
    return filtered
