"""Noises of other kinds than `NOISES`, for asking what a model makes of what it never met.

As there, each is drawn from `rng` alone and has the root mean square 0.1.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from .noises import Noise, levelled
from .utterances import SPEECH_RATE

__all__ = ["UNHEARD_NOISES", "rain", "siren"]

Samples = Float32[np.ndarray, " time"]


def siren(length: int, rng: np.random.Generator) -> Samples:
    """Return a tone with harmonics that glides up and down, as on an ambulance, with a hiss."""
    seconds = np.arange(length) / SPEECH_RATE
    lowest, octaves = rng.uniform(300, 700), rng.uniform(0.3, 1.5)
    period = rng.uniform(0.5, 4)  # seconds from top to top
    height = (1 + np.sin(2 * np.pi * (seconds / period + rng.random()))) / 2
    turns = 2 * np.pi * np.cumsum(lowest * 2 ** (octaves * height)) / SPEECH_RATE
    noise = 0.05 * rng.standard_normal(length)
    for harmonic in range(1, 5):  # the highest is below half of the rate
        noise += rng.uniform(0.3, 1) / harmonic * np.sin(harmonic * turns)
    return levelled(noise)


def rain(length: int, rng: np.random.Generator) -> Samples:
    """Return drops, hundreds a second, each a short thud of its own pitch, over a distant hiss."""
    age = np.arange(SPEECH_RATE // 50) / SPEECH_RATE  # seconds
    noise = np.zeros(length + len(age))
    noise[:length] = 0.1 * rng.standard_normal(length)
    for start in rng.integers(0, length, rng.poisson(rng.uniform(100, 400) * length / SPEECH_RATE)):
        pitch, fading = rng.uniform(400, 4000), rng.uniform(200, 1500)
        drop = np.sin(2 * np.pi * pitch * age) * np.exp(-fading * age)
        noise[start : start + len(age)] += rng.lognormal(0, 1) * drop
    return levelled(noise[:length])


UNHEARD_NOISES: dict[str, Noise] = {"siren": siren, "rain": rain}
"""Noises by name."""
