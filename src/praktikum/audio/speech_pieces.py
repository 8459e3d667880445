"""Long recordings cut where it is quiet, into pieces that a recogniser takes at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float32

__all__ = ["quiet_pieces"]

HOP = 0.02  # seconds over which loudness is measured


def quiet_pieces(
    samples: Float32[np.ndarray, " time"], rate: int, longest: float = 20.0
) -> Iterator[tuple[int, int]]:
    """Yield the first sample of each piece and the one after its last, in their order.

    Together the pieces are the recording. A piece ends at the quietest 0.2 s of the second half of
    the `longest` seconds that it may have, but for the last piece.
    """
    most, hop = round(longest * rate), round(HOP * rate)
    start = 0
    while len(samples) - start > most:
        window = samples[start + most // 2 : start + most]
        power = np.square(window[: len(window) // hop * hop].reshape(-1, hop)).mean(axis=1)
        smooth = np.convolve(power, np.ones(10), mode="same")
        stop = start + most // 2 + int(smooth.argmin()) * hop + hop // 2
        yield start, stop
        start = stop
    yield start, len(samples)
