"""Checks of the short-time Fourier transform and its inverse.

The oracles: SciPy's transform frame by frame, and least squares over all signals.
"""

import numpy as np
import scipy.fft
import torch

from praktikum.audio.stft import Framing
from praktikum.checks import check, close

TIME = 90
FRAMINGS = {
    "half overlap": Framing(16, 8),
    "three quarters": Framing(16, 4, "hamming"),
    "a short window": Framing(24, 5, "hann", 18),
}


def waveforms(rng):
    """Return two recordings [batch, time]."""
    return torch.from_numpy(rng.normal(size=(2, TIME)))


def frames_of(waveform, framing):
    """Return windowed frames (frames, n_fft) of one recording, one after the other."""
    taper = framing.taper(torch.zeros((), dtype=torch.float64)).numpy()
    half = framing.n_fft // 2
    padded = np.concatenate([np.zeros(half), waveform, np.zeros(half)])
    starts = range(0, len(padded) - framing.n_fft + 1, framing.hop)
    return np.array([padded[start : start + framing.n_fft] * taper for start in starts])


@check(part="features", points="0.4")
def spectrum_values(sub, rng):
    """
    ru: Спектр каждого кадра — преобразование Фурье кадра, умноженного на окно.
    en: The spectrum of each frame is the Fourier transform of the frame times the window.
    hint ru: Какие оси у результата? Сколько частот у вещественного сигнала?
    hint en: Which axes does the result have? How many frequencies has a real signal?
    """
    observed = {}
    for name, framing in FRAMINGS.items():
        spectrum = sub.stft(waveforms(rng), framing)
        observed[f"{name}, real"], observed[f"{name}, imaginary"] = spectrum.real, spectrum.imag
    return observed


@spectrum_values.expects
def _(rng):
    expected = {}
    for name, framing in FRAMINGS.items():
        recordings = waveforms(rng).numpy()
        spectra = np.array(
            [scipy.fft.fft(frames_of(each, framing)).T[: framing.bins] for each in recordings]
        )
        expected[f"{name}, real"] = close(spectra.real)
        expected[f"{name}, imaginary"] = close(spectra.imag)
    return expected


@check(part="features", points="0.15")
def frames_added(sub, rng):
    """
    ru: Кадры складываются со сдвигом на hop: то, что перекрылось, суммируется.
    en: Frames are added, each a hop after the one before: what overlaps is summed.
    """
    frames = torch.from_numpy(rng.normal(size=(2, 5, 8)))
    return {f"hop {hop}": sub._overlap_add(frames, hop) for hop in (2, 3, 8)}


@frames_added.expects
def _(rng):
    frames = rng.normal(size=(2, 5, 8))
    expected = {}
    for hop in (2, 3, 8):
        added = np.zeros((2, 4 * hop + 8))
        for number in range(5):
            added[:, number * hop : number * hop + 8] += frames[:, number]
        expected[f"hop {hop}"] = close(added)
    return expected


def spectra_case(rng, framing):
    """Return spectra [batch, frequencies, frames] that no signal has."""
    shape = 2, framing.bins, framing.frames(TIME)
    return torch.from_numpy(rng.normal(size=shape) + 1j * rng.normal(size=shape))


@check(part="features", points="0.25", needs=["spectrum_values", "frames_added"])
def inverse_exact(sub, rng):
    """
    ru: Из нетронутого спектра получается тот же сигнал, до последнего отсчёта.
    en: An untouched spectrum gives back the signal, to its last sample.
    hint ru: На что делить сумму кадров? Где в ней нулевой отсчёт сигнала?
    hint en: What is the sum of frames divided by? Where in it is the signal's first sample?
    """
    return {
        name: sub.istft(sub.stft(waveforms(rng), framing), framing, TIME)
        for name, framing in FRAMINGS.items()
    }


@inverse_exact.expects
def _(rng):
    return {name: close(waveforms(rng).numpy()) for name in FRAMINGS}


@check(part="features", points="0.2", needs=["inverse_exact"])
def inverse_nearest(sub, rng):
    """
    ru: Из изменённого спектра получается сигнал, кадры которого к нему ближе всего.
    en: A changed spectrum gives the signal whose frames are nearest to it.
    hint ru: Наименьшие квадраты: кадры ещё раз умножаются на окно, а сумма делится на сумму квадратов.
    hint en: Least squares: frames are windowed once more, the sum is divided by that of the squares.
    """
    return {
        name: sub.istft(spectra_case(rng, framing), framing, TIME)
        for name, framing in FRAMINGS.items()
    }


@inverse_nearest.expects
def _(rng):
    expected = {}
    for name, framing in FRAMINGS.items():
        spectra = spectra_case(rng, framing).numpy()
        units = np.eye(TIME)
        to_frames = np.array([frames_of(unit, framing).ravel() for unit in units]).T
        wanted = scipy.fft.irfft(spectra.transpose(0, 2, 1), framing.n_fft).reshape(2, -1)
        nearest, *_ = np.linalg.lstsq(to_frames, wanted.T, rcond=None)
        expected[name] = close(nearest.T)
    return expected
