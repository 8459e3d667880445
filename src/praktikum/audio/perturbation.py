"""Speech made faster, slower, louder or softer: more voices than were recorded.

Speed: Ko, Peddinti, Povey, Khudanpur, 2015, "Audio augmentation for speech recognition": the
samples are taken for ones of a higher rate, which makes tempo, pitch and formants higher by the
same factor; 0.9, 1 and 1.1 are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .errors import SettingError

__all__ = ["SPEEDS", "change_gain", "change_speed", "random_gain", "random_speed"]

SPEEDS = (0.9, 1.0, 1.1)


def change_speed(
    waveform: Float[Tensor, "*batch time"], factor: float
) -> Float[Tensor, "*batch new_time"]:
    """Return sound that goes by `factor` times as fast, in time / factor samples.

    Not differentiable: soxr resamples. Raises SettingError for a factor outside 0.25 to 4.
    """
    if not 0.25 <= factor <= 4:
        raise SettingError(f"factor={factor} must be 0.25 to 4")
    if factor == 1:
        return waveform
    try:
        import soxr
    except ImportError as error:
        raise SettingError("changing speed needs soxr: pip install 'praktikum[audio]'") from error
    time = waveform.shape[-1]
    rows = waveform.detach().cpu().reshape(-1, time).numpy()
    wanted = round(time / factor)
    resampled = np.stack([soxr.resample(row, factor, 1.0)[:wanted] for row in rows])
    resampled = np.pad(resampled, [(0, 0), (0, wanted - resampled.shape[1])])
    return torch.from_numpy(resampled).to(waveform).reshape(*waveform.shape[:-1], wanted)


def change_gain(
    waveform: Float[Tensor, "*batch time"], decibels: float
) -> Float[Tensor, "*batch time"]:
    """Return sound that is so much louder, in dB; below 0 is softer. Nothing is cut."""
    return waveform * 10 ** (decibels / 20)


def random_speed(
    waveform: Float[Tensor, "*batch time"],
    generator: torch.Generator,
    speeds: Sequence[float] = SPEEDS,
) -> Float[Tensor, "*batch new_time"]:
    """Return sound at one of the speeds, each as likely."""
    chosen = int(torch.randint(len(speeds), (), generator=generator))
    return change_speed(waveform, speeds[chosen])


def random_gain(
    waveform: Float[Tensor, "*batch time"],
    generator: torch.Generator,
    lowest: float = -10.0,
    highest: float = 6.0,
) -> Float[Tensor, "*batch time"]:
    """Return each row louder or softer by a gain of its own, even from lowest to highest, dB."""
    drawn = torch.rand(*waveform.shape[:-1], 1, generator=generator, dtype=torch.float64)
    gains = 10 ** ((lowest + (highest - lowest) * drawn) / 20)
    return waveform * gains.to(waveform)
