"""Sampling and whole numbers: aliases by their samples, losses by theory, bytes by libsndfile."""

import io
import math

import librosa
import numpy as np
import pytest
import soundfile
import torch

from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.mu_law import compress, expand, from_mu_law, to_mu_law
from praktikum.audio.pcm import dequantise, from_pcm, quantise, to_pcm
from praktikum.audio.sampling import alias, reconstruct, tone

RATE = 16_000


def noise(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.rand(*shape, dtype=torch.float64, generator=generator) - 1


def loss_in_decibels(sent, came):
    return float(10 * torch.log10(sent.square().sum() / (sent - came).square().sum()))


@pytest.mark.parametrize(
    ("frequency", "heard"),
    [(440, 440), (8_000, 8_000), (9_000, 7_000), (16_000, 0), (17_000, 1_000), (39_000, 7_000)],
)
def test_a_tone_has_the_samples_of_its_alias(frequency, heard):
    assert alias(frequency, RATE) == heard
    cosines = (tone(hz, RATE, 0.1, phase=math.pi / 2) for hz in (frequency, heard))
    torch.testing.assert_close(*cosines, rtol=0, atol=1e-9)


def test_what_is_below_half_of_the_rate_is_had_back_between_samples():
    moments = torch.linspace(0.4, 0.6, 333, dtype=torch.float64)
    samples = tone(3_100, 8_000, 1.0) + 0.5 * tone(700, 8_000, 1.0, phase=1.0)
    exact = torch.sin(2 * math.pi * 3_100 * moments) + 0.5 * torch.sin(
        2 * math.pi * 700 * moments + 1
    )
    torch.testing.assert_close(reconstruct(samples, 8_000, moments), exact, rtol=0, atol=2e-3)


def test_samples_are_had_back_as_they_are():
    samples = noise(50)
    moments = torch.arange(50, dtype=torch.float64) / RATE
    torch.testing.assert_close(reconstruct(samples, RATE, moments), samples)


@pytest.mark.parametrize("call", [lambda: alias(1, 0), lambda: tone(1, 0, 1.0)])
def test_no_rate_is_refused(call):
    with pytest.raises(SettingError, match="rate=0 must be at least 1"):
        call()


@pytest.mark.parametrize("bits", [4, 8, 12, 16])
def test_a_sine_loses_what_theory_says(bits):
    largest = 1 - 2.0 ** (1 - bits)  # the highest level
    sine = largest * tone(997, RATE, 1.0)
    loss = loss_in_decibels(sine, dequantise(quantise(sine, bits), bits))
    assert loss == pytest.approx(6.02 * bits + 1.76 + 20 * math.log10(largest), abs=0.5)


def test_what_is_beyond_full_scale_is_cut():
    assert quantise(torch.tensor([-3.0, -1.0, 0.0, 1.0, 2.0]), 3).tolist() == [-4, -4, 0, 3, 3]


def test_dither_makes_of_distortion_noise():
    weak = 0.4 / 2**7 * tone(500, RATE, 4.0)  # under half a step: plain rounding hears nothing
    assert not quantise(weak, 8).any()
    dithered = quantise(weak, 8, torch.Generator().manual_seed(0)).double()
    spectrum = torch.fft.rfft(dithered).abs()
    assert spectrum.argmax() == 2000  # 500 Hz in bins of ¼ Hz
    others = spectrum[torch.arange(len(spectrum)) % 2000 != 0]
    assert spectrum[6000] < 5 * others.median()  # no third harmonic


@pytest.mark.parametrize("between", [0.0, 0.25, 0.5])
def test_with_dither_the_loss_is_as_strong_wherever_a_sample_lies_between_levels(between):
    samples = torch.full((40_000,), between / 2**7, dtype=torch.float64)
    loss = quantise(samples, 8, torch.Generator().manual_seed(0)) - between
    assert loss.mean() == pytest.approx(0, abs=0.01)
    assert loss.square().mean() == pytest.approx(1 / 4, abs=0.01)  # 3 steps² / 12


@pytest.mark.parametrize("bits", [0, 1, 33])
def test_widths_that_hold_no_sound_are_refused(bits):
    with pytest.raises(SettingError, match=f"bits={bits} must be 2 to 32"):
        quantise(torch.zeros(1), bits)


@pytest.mark.parametrize(
    ("bits", "subtype"), [(8, "PCM_U8"), (16, "PCM_16"), (24, "PCM_24"), (32, "PCM_32")]
)
def test_bytes_are_those_that_libsndfile_reads_and_writes(bits, subtype):
    samples = dequantise(quantise(noise(2, 500), bits), bits)
    content = io.BytesIO(to_pcm(samples, bits))
    kind = {"format": "RAW", "subtype": subtype, "endian": "LITTLE"}
    read, _ = soundfile.read(content, samplerate=RATE, channels=2, **kind)
    np.testing.assert_array_equal(read.T, samples)
    torch.testing.assert_close(from_pcm(to_pcm(samples, bits), 2, bits), samples, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (
            lambda: to_pcm(torch.zeros(1, 3), 12),
            SettingError,
            "bits=12 must be one of 8, 16, 24, 32",
        ),
        (
            lambda: from_pcm(bytes(5), 2, 16),
            ShapeError,
            "5 bytes are no whole frames of 2 channels",
        ),
        (lambda: from_pcm(bytes(4), 0), ShapeError, "0 channels"),
    ],
)
def test_bytes_that_make_no_frames_are_refused(call, kind, said):
    with pytest.raises(kind, match=said):
        call()


@pytest.mark.parametrize("mu", [15.0, 255.0])
def test_the_curve_is_librosas_and_has_its_inverse(mu):
    samples = noise(1000)
    compressed = compress(samples, mu)
    np.testing.assert_allclose(
        compressed, librosa.mu_compress(samples.numpy(), mu=mu, quantize=False)
    )
    torch.testing.assert_close(expand(compressed, mu), samples)


@pytest.mark.parametrize("bits", [4, 8])
def test_numbers_of_levels_go_there_and_back(bits):
    numbers = torch.arange(2**bits)
    assert to_mu_law(from_mu_law(numbers, bits, torch.float64), bits).tolist() == numbers.tolist()
    assert to_mu_law(torch.tensor([-2.0, -1.0, 1.0, 2.0]), bits).tolist() == [
        0,
        0,
        *[2**bits - 1] * 2,
    ]


def test_levels_are_the_nearest_on_the_curve():
    samples = noise(5000)
    off = (compress(from_mu_law(to_mu_law(samples), dtype=torch.float64)) - compress(samples)).abs()
    assert off.max() <= 1 / 255 + 1e-12


def test_the_ratio_to_the_loss_hardly_depends_on_loudness():
    ratios = []
    for decibels in (0, -20, -35):
        sine = 10 ** (decibels / 20) * tone(997, RATE, 1.0)
        ratios.append(loss_in_decibels(sine, from_mu_law(to_mu_law(sine), dtype=torch.float64)))
    assert min(ratios) > 30
    assert max(ratios) - min(ratios) < 6
    quiet = 10 ** (-35 / 20) * tone(997, RATE, 1.0)
    assert loss_in_decibels(quiet, dequantise(quantise(quiet, 8), 8)) < 18


def test_a_curve_of_no_bend_is_refused():
    with pytest.raises(SettingError, match="mu=0 must be above 0"):
        compress(torch.zeros(1), 0.0)
