"""Speech and noise mixed at a signal-to-noise ratio that is exact.

The ratio is of energies over all of the recording, pauses with it:

    SNR = 10 · log₁₀ (Σ speech² / Σ noise²) dB

Only the noise is scaled, so what a denoiser is to return is the speech as it was. A mixture may go
beyond full scale; it is not cut, for that would be another kind of noise.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from .errors import DataError

__all__ = ["fit_length", "mix", "snr"]

Samples = Float32[np.ndarray, " time"]
NoiseSamples = Float32[np.ndarray, " noise_time"]  # as long as the speech, which is checked


def mix(speech: Samples, noise: NoiseSamples, snr_db: float) -> Samples:
    """Return speech + gain · noise, where the gain makes the ratio `snr_db`, in dB.

    Raises DataError if one of the two is silent, since no gain gives it a ratio, or if their
    lengths differ.
    """
    gain = 10 ** ((snr(speech, noise) - snr_db) / 20)
    noisy: Samples = (speech + gain * noise.astype(np.float64)).astype(np.float32)
    return noisy


def snr(speech: Samples, noise: NoiseSamples) -> float:
    """Return how much stronger the speech is than the noise, in dB. Raises DataError as `mix`."""
    if len(speech) != len(noise):
        raise DataError(
            f"speech and noise must have one length, got {len(speech)} and {len(noise)} samples; "
            "fit_length makes a noise fit"
        )
    energies = [float(np.sum(part.astype(np.float64) ** 2)) for part in (speech, noise)]
    for name, energy in zip(("speech", "noise"), energies, strict=True):
        if energy == 0:
            raise DataError(f"the {name} is silent: it has no signal-to-noise ratio; leave it out")
    return float(10 * np.log10(energies[0] / energies[1]))


def fit_length(
    noise: NoiseSamples, length: int, rng: np.random.Generator
) -> Float32[np.ndarray, " length"]:
    """Return `length` samples of a noise: a random part of it, or it repeated from a random place.

    Every place where a part can begin is as likely as the others, the last one too; a noise that is
    shorter than `length` begins anywhere and goes on from its own beginning, as often as it takes.
    Raises DataError if there is no sample to take.
    """
    if not len(noise):
        raise DataError("a noise needs at least 1 sample, got 0")
    if len(noise) >= length:
        start = int(rng.integers(len(noise) - length + 1))
        return noise[start : start + length]
    start = int(rng.integers(len(noise)))
    return np.resize(np.roll(noise, -start), length)
