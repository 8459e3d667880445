"""Sound held in memory: samples of every channel, and how many there are in a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from .errors import DataError, MissingData

__all__ = ["RATES", "Sound", "resample"]

RATES = (1_000, 768_000)
"""The lowest and the highest sampling rate that is taken for one, in Hz."""


@dataclass(frozen=True, eq=False)
class Sound:
    """A recording.

    Attributes:
        samples: full scale is -1 to 1; what came in float may go beyond
        rate: samples a second of each channel, Hz
    """

    samples: Float32[np.ndarray, "channels time"]
    rate: int

    def __post_init__(self) -> None:
        """Raise DataError if the rate is not one of sound, or there is no channel."""
        check_rate(self.rate)
        if not len(self.samples):
            raise DataError("a sound needs at least 1 channel, got 0")

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float(self.samples.shape[1] / self.rate)

    @property
    def share_clipped(self) -> float:
        """The share of samples at full scale or beyond: above 0.001 it is heard as crackling."""
        return float(np.mean(np.abs(self.samples) >= FULL_SCALE)) if self.samples.size else 0.0

    def mono(self) -> Sound:
        """Return the mean of the channels, as one channel."""
        if len(self.samples) == 1:
            return self
        return Sound(self.samples.mean(axis=0, keepdims=True, dtype=np.float32), self.rate)

    def at(self, rate: int) -> Sound:
        """Return the same sound at another rate, Hz."""
        return Sound(resample(self.samples, self.rate, rate), rate)


FULL_SCALE = 1 - 2**-15  # the highest sample of 16 bits; wider ones reach it too


def resample(
    samples: Float32[np.ndarray, "*channels time"], rate: int, to: int
) -> Float32[np.ndarray, "*channels new_time"]:
    """Return samples taken `rate` times a second as if they had been taken `to` times a second.

    What lies above half of the new rate is filtered out, so nothing is aliased; `time` becomes
    time · to / rate, rounded. Raises DataError if a rate is not one of sound, MissingData if soxr
    is not installed.
    """
    check_rate(rate)
    check_rate(to)
    if rate == to:
        return samples
    soxr = soxr_library()
    channels, time = samples.shape[:-1], samples.shape[-1]
    wanted = round(time * to / rate)
    rows = samples.reshape(-1, time).T if channels else samples  # soxr has channels last
    resampled = soxr.resample(np.ascontiguousarray(rows), rate, to)[:wanted]
    missing = wanted - len(resampled)  # soxr drops a last sample now and then
    resampled = np.pad(resampled, [(0, missing), (0, 0)][: resampled.ndim])
    return np.ascontiguousarray(resampled.T).reshape(*channels, wanted)


def soxr_library() -> Any:
    """Return the module soxr. Raises MissingData if it is not installed."""
    try:
        import soxr
    except ImportError as error:
        raise MissingData("resampling needs soxr: pip install 'praktikum[audio]'") from error
    return soxr


def check_rate(rate: int) -> None:
    """Raise DataError unless this can be a sampling rate, in Hz."""
    if not RATES[0] <= rate <= RATES[1]:
        raise DataError(f"a sampling rate must be {RATES[0]} to {RATES[1]} Hz, got {rate}")
