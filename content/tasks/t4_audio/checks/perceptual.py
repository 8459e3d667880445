"""Checks of the loss that compares spectra.

The oracle: magnitudes of frames one by one, in NumPy.
"""

import numpy as np
import torch

from praktikum.audio.stft import Framing
from praktikum.checks import check, close, equal

FRAMING = Framing(16, 8)


def waveforms_case(rng, time=60):
    """Return estimates and speech [batch, time]; a part of one is silent."""
    estimate, speech = rng.normal(scale=0.3, size=(2, 3, time))
    estimate[0, : time // 2] = 0
    return estimate, speech


def distance_by_loops(estimate, speech, framing):
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(framing.n_fft) / framing.n_fft)
    half = framing.n_fft // 2
    squares = []
    for pair in zip(estimate, speech, strict=True):
        first, second = (np.concatenate([np.zeros(half), each, np.zeros(half)]) for each in pair)
        for start in range(0, len(first) - framing.n_fft + 1, framing.hop):
            frames = (each[start : start + framing.n_fft] * taper for each in (first, second))
            one, other = ((np.abs(np.fft.rfft(each)) ** 2 + 1e-6) ** 0.15 for each in frames)
            squares.append((one - other) ** 2)
    return np.mean(squares)


@check(part="bonus_perceptual", points="0.35", needs=["spectrum_values"])
def spectra_compared(sub, rng):
    """
    ru: Расстояние — средний квадрат разности сжатых модулей; градиент конечен и в тишине.
    en: The distance is the mean squared difference of compressed magnitudes; no gradient is infinite.
    hint ru: FLOOR прибавляется в квадрате. Чему равна производная модуля в нуле?
    hint en: FLOOR is added squared. What is the derivative of a magnitude at zero?
    """
    estimate, speech = map(torch.from_numpy, waveforms_case(rng))
    distance = sub.spectral_distance(estimate.requires_grad_(), speech, FRAMING)
    gradient = torch.autograd.grad(distance, estimate)[0]
    return {
        "distance": distance.detach(),
        "of equal waveforms": sub.spectral_distance(speech, speech, FRAMING),
        "gradient is finite": bool(gradient.isfinite().all()),
        "gradient is zero": not bool(gradient.any()),
    }


@spectra_compared.expects
def _(rng):
    return {
        "distance": close(distance_by_loops(*waveforms_case(rng), FRAMING), rtol=1e-5),
        "of equal waveforms": close(0.0),
        "gradient is finite": equal(True),
        "gradient is zero": equal(False),
    }


@check(part="bonus_perceptual", points="0.15", needs=["spectra_compared", "loss_of_waveforms"])
def spectra_in_the_loss(sub, rng):
    """
    ru: С весом расстояние прибавляется к потерям по волне.
    en: With a weight the distance is added to the loss of the waveform.
    """
    estimate, speech = map(torch.from_numpy, waveforms_case(rng, 1100))
    plain, both = (sub.DenoisingLoss(weight)(estimate, speech) for weight in (0.0, 30.0))
    return {"what the weight adds": both - plain}


@spectra_in_the_loss.expects
def _(rng):
    distance = distance_by_loops(*waveforms_case(rng, 1100), Framing(512, 256))
    return {"what the weight adds": close(30 * distance, rtol=1e-4)}
