"""Noises and mixtures: spectra by SciPy's estimate, ratios by their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import find_peaks, welch

from praktikum.data.errors import DataError
from praktikum.data.mixing import fit_length, mix, snr
from praktikum.data.noises import NOISES, babble, clicks, coloured, hum, shaped
from praktikum.data.utterances import Utterance


def rng(seed=0):
    return np.random.default_rng(seed)


def power(noise):
    return welch(noise, 16_000, nperseg=4096)


def utterance(samples):
    return Utterance(samples.astype(np.float32), "", "", "")


@pytest.mark.parametrize("name", NOISES)
def test_a_noise_has_the_level_of_all_and_comes_from_its_generator(name):
    noise = NOISES[name](20_001, rng())
    assert noise.shape == (20_001,)
    assert np.sqrt(np.mean(noise.astype(float) ** 2)) == pytest.approx(0.1, rel=1e-3)
    np.testing.assert_array_equal(noise, NOISES[name](20_001, rng()))
    assert not np.array_equal(noise, NOISES[name](20_001, rng(1)))


@pytest.mark.parametrize(("exponent", "per_octave"), [(0, 0), (1, -3.01), (2, -6.02), (-1, 3.01)])
def test_colour_is_a_slope_in_decibels_an_octave(exponent, per_octave):
    frequencies, density = power(coloured(1_600_000, rng(), exponent))
    inside = (frequencies > 60) & (frequencies < 7000)
    octaves, decibels = np.log2(frequencies[inside]), 10 * np.log10(density[inside])
    assert np.polyfit(octaves, decibels, 1)[0] == pytest.approx(per_octave, abs=0.1)


def test_shaped_noise_is_uneven_in_frequency_and_in_time():
    noise = shaped(160_000, rng())
    bands = [welch(noise, 16_000, nperseg=512)[1][k : k + 16].mean() for k in range(0, 256, 16)]
    assert np.ptp(10 * np.log10(bands)) > 8
    loudness = [np.mean(piece**2) for piece in np.split(noise, 20)]
    assert np.ptp(10 * np.log10(loudness)) > 5


def test_hum_is_harmonics_of_the_mains():
    frequencies, density = welch(hum(160_000, rng()), 16_000, nperseg=16_000)  # bins of 1 Hz
    peaks = frequencies[find_peaks(density, height=density.max() / 1e4, distance=20)[0]]
    mains = min((50, 60), key=lambda mains: np.abs(peaks / mains - np.rint(peaks / mains)).max())
    assert len(peaks) > 10
    np.testing.assert_array_equal(peaks % mains, 0)


def test_clicks_are_short_and_there_is_at_least_one():
    noise = clicks(160_000, rng())
    assert np.mean(np.abs(noise) > 0.1 * np.abs(noise).max()) < 0.1
    assert all(clicks(10, rng(seed)).any() for seed in range(20))


def test_babble_holds_every_talker_and_fills_the_length():
    turns = 2 * np.pi * np.arange(16_000) / 16_000
    voices = [utterance(level * np.sin(hertz * turns)) for hertz, level in [(500, 1), (900, 0.01)]]
    noise = babble(80_000, rng(), voices, talkers=8)
    density = np.abs(np.fft.rfft(noise)) ** 2
    near = [density[5 * hertz - 50 : 5 * hertz + 50].sum() for hertz in (500, 900)]
    assert sum(near) > 0.9 * density.sum()
    assert 0.2 < near[0] / near[1] < 5  # a quiet speaker is made as loud as the others
    assert all(np.any(piece) for piece in np.split(noise, 10))


@pytest.mark.parametrize(("voices", "talkers"), [(0, 3), (1, 0)])
def test_babble_of_nobody_is_refused(voices, talkers):
    with pytest.raises(
        DataError, match=f"needs utterances and talkers, got {voices} and {talkers}"
    ):
        babble(10, rng(), [utterance(np.ones(5))] * voices, talkers)


@given(st.floats(-30, 60), st.integers(1, 300), st.floats(-4, 4), st.integers(0, 9))
def test_a_mixture_has_its_ratio_whatever_the_levels(decibels, length, magnitude, seed):
    speech = rng(seed).standard_normal(length).astype(np.float32)
    noise = (10**magnitude * rng(seed + 10).standard_normal(length)).astype(np.float32)
    added = mix(speech, noise, decibels).astype(float) - speech
    ratio = 10 * np.log10(np.sum(speech.astype(float) ** 2) / np.sum(added**2))
    assert ratio == pytest.approx(decibels, abs=0.05 if decibels > 40 else 1e-2)


def test_only_the_noise_is_scaled():
    speech, noise = coloured(8000, rng()), coloured(8000, rng(1))
    added = mix(speech, noise, 6.0) - speech
    np.testing.assert_allclose(
        added, noise * 10 ** (-6 / 20), atol=1e-3 * np.abs(added).max(), rtol=1e-4
    )
    assert snr(speech, noise) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("silent", ["speech", "noise"])
def test_silence_has_no_ratio(silent):
    sounds = {"speech": coloured(100, rng()), "noise": coloured(100, rng(1))}
    sounds[silent] = np.zeros(100, np.float32)
    with pytest.raises(DataError, match=f"the {silent} is silent"):
        mix(**sounds, snr_db=0.0)


def test_lengths_that_differ_are_refused():
    with pytest.raises(DataError, match="one length, got 5 and 7 samples; fit_length"):
        mix(coloured(5, rng()), coloured(7, rng()), 0.0)


def test_a_long_noise_is_cut_and_a_short_one_repeats():
    noise = np.arange(1, 8, dtype=np.float32)
    part = fit_length(noise, 4, rng())
    np.testing.assert_array_equal(np.diff(part), 1)
    whole = fit_length(noise, 20, rng())
    np.testing.assert_array_equal(whole[7:], whole[:-7])
    assert sorted(whole[:7]) == sorted(noise)
    with pytest.raises(DataError, match="at least 1 sample"):
        fit_length(noise[:0], 3, rng())
