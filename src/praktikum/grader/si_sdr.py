"""SI-SDR of speech in NumPy: the measure by which denoised recordings are graded.

Le Roux et al., 2019, "SDR – half-baked or well done?", equation 3: the energy of the estimate along
the speech over that across it. Here it is at least 0 dB, which is what silence gets and a file that
is missing, and at most 30, so that one recording can't make up for others.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

__all__ = ["MOST", "si_sdr"]

MOST = 30
"""The highest measure, dB."""


def si_sdr(estimate: np.ndarray, speech: np.ndarray) -> Fraction:
    """Return SI-SDR of two signals (time,), dB, 0 to 30; whole numbers don't overflow."""
    estimate, speech = estimate.astype(np.float64), speech.astype(np.float64)
    along = (estimate @ speech) ** 2 / max(float(speech @ speech), 1.0)
    across = max(float(estimate @ estimate) - along, 0.0)
    if along >= 10 ** (MOST / 10) * across:
        return Fraction(MOST if along else 0)
    return Fraction(max(0.0, float(10 * np.log10(along / across))) if along else 0)
