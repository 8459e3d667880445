"""The features that recognisers of this room hear: log-mel of a recording at a level of its own.

A recording is first brought to a peak of 1, so how loud it was makes no difference. 25 ms every
10 ms at 16 kHz; powers below 1e-6 of full scale are taken for silence.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from .features import MelSettings, log_mel

__all__ = ["speech_features"]

SILENCE = 1e-6


def speech_features(
    samples: Float32[np.ndarray, " time"], n_mels: int = 64
) -> Float[Tensor, "frames mels"]:
    """Return the log-mel features of a recording of one channel at 16 kHz, a row each 10 ms."""
    waveform = torch.from_numpy(samples)
    peak = waveform.abs().max().clamp_min(SILENCE) if len(waveform) else 1.0
    return log_mel(waveform / peak, MelSettings(n_mels=n_mels), floor=SILENCE).T.contiguous()
