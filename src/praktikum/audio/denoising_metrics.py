"""How near a denoised waveform is to the speech in it.

SNR: the energy of the speech over that of all that differs from it, in dB. SI-SDR: the same for
the speech scaled to fit best, so loudness counts for nothing (Le Roux et al., 2019, "SDR –
half-baked or well done?", equation 3). A gain is how much a measure is above that of the noisy
waveform. PESQ (ITU-T P.862.2, wide band, 1 to 4.64) and STOI (Taal et al., 2011, 0 to 1) foretell
what listeners would say; both are computed by the packages of these names.
"""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from .denoiser import RATE
from .errors import MissingPackage

__all__ = ["pesq", "si_sdr", "si_sdr_gain", "snr", "snr_gain", "stoi"]

Waveform = Float[Tensor, "*batch time"]
Decibels = Float[Tensor, "*batch"]

TINY = 1e-8  # of the speech's energy: no measure goes beyond ±80 dB, and no logarithm is infinite


def snr(estimate: Waveform, speech: Waveform) -> Decibels:
    """Return the energy of the speech over that of the difference, in dB, at most 80."""
    return _decibels(speech, estimate - speech)


def si_sdr(estimate: Waveform, speech: Waveform) -> Decibels:
    """Return the ratio of the estimate's two parts, along the speech and across it, in dB.

    It lies within ±80 dB. Means are not taken off; the estimate of a silent waveform is 0 dB.
    """
    energy = speech.square().sum(dim=-1, keepdim=True)
    scale = (estimate * speech).sum(dim=-1, keepdim=True) / energy.clamp_min(1e-12)
    along = scale * speech
    return _decibels(along, estimate - along)


def snr_gain(estimate: Waveform, noisy: Waveform, speech: Waveform) -> Decibels:
    """Return by how many dB the estimate's SNR is above that of the noisy waveform."""
    return snr(estimate, speech) - snr(noisy, speech)


def si_sdr_gain(estimate: Waveform, noisy: Waveform, speech: Waveform) -> Decibels:
    """Return by how many dB the estimate's SI-SDR is above that of the noisy waveform."""
    return si_sdr(estimate, speech) - si_sdr(noisy, speech)


def pesq(
    estimate: Float[Tensor, " time"], speech: Float[Tensor, " time"], rate: int = RATE
) -> float:
    """Return wide-band PESQ, 1 to 4.64; NaN where it finds no utterance in what it is given.

    Raises MissingPackage if `pesq` is not installed.
    """
    measure = _measure("pesq", "pesq")
    if not (estimate.any() and speech.any()):
        return math.nan
    value = float(measure(rate, _array(speech), _array(estimate), "wb", on_error=1))
    return value if value > 0 else math.nan


def stoi(
    estimate: Float[Tensor, " time"], speech: Float[Tensor, " time"], rate: int = RATE
) -> float:
    """Return STOI, 0 to 1; NaN for less than 0.4 s of sound, of which it says nothing.

    Raises MissingPackage if `pystoi` is not installed.
    """
    measure = _measure("pystoi", "stoi")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Not enough STFT frames", RuntimeWarning)
        try:
            return float(measure(_array(speech), _array(estimate), rate))
        except RuntimeWarning:
            return math.nan


def _decibels(signal: Waveform, rest: Waveform) -> Decibels:
    signal_energy, rest_energy = signal.square().sum(dim=-1), rest.square().sum(dim=-1)
    both = (signal_energy + rest_energy).clamp_min(1e-12) * TINY
    return 10 * torch.log10((signal_energy + both) / (rest_energy + both))


def _measure(package: str, name: str) -> Callable[..., Any]:
    from importlib import import_module

    try:
        found: Callable[..., Any] = getattr(import_module(package), name)
    except ImportError as error:
        raise MissingPackage(f"this measure needs {package}: pip install {package}") from error
    return found


def _array(waveform: Tensor) -> np.ndarray:
    return waveform.detach().cpu().double().numpy()
