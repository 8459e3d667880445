"""Mels, cepstra and what is done before and after, beside librosa and SciPy."""

import librosa
import numpy as np
import pytest
import scipy.fft
import scipy.signal
import torch

from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.features import (
    MelSettings,
    cmvn,
    dct_matrix,
    decibels,
    log_mel,
    mel_power,
    mfcc,
    power_spectrogram,
    pre_emphasis,
)
from praktikum.audio.mel import hz_to_mel, mel_filters, mel_to_hz
from praktikum.audio.stft import Framing

SETTINGS = [
    MelSettings(),
    MelSettings(n_mels=40, scale="htk", equal_area=False, f_min=50, f_max=7000),
    MelSettings(8_000, Framing(256, 64), 24),
    MelSettings(44_100, Framing(2048, 512, padding="reflect"), 128, scale="htk"),
    MelSettings(framing=Framing(400, 160), n_mels=3),
]


def signal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def librosas(waveform, settings):
    framing = settings.framing
    return librosa.feature.melspectrogram(
        y=waveform.numpy(),
        sr=settings.rate,
        n_fft=framing.n_fft,
        hop_length=framing.hop,
        win_length=framing.window_length,
        pad_mode={"zeros": "constant", "reflect": "reflect"}[framing.padding],
        n_mels=settings.n_mels,
        fmin=settings.f_min,
        fmax=settings.f_max,
        htk=settings.scale == "htk",
        norm="slaney" if settings.equal_area else None,
    )


@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_mels_are_those_of_librosa_and_back(scale):
    hz = torch.cat([torch.linspace(0, 20_000, 999, dtype=torch.float64), torch.tensor([1000.0])])
    mels = hz_to_mel(hz, scale)
    np.testing.assert_allclose(mels, librosa.hz_to_mel(hz.numpy(), htk=scale == "htk"), rtol=1e-12)
    np.testing.assert_allclose(mel_to_hz(mels, scale), hz, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("settings", SETTINGS, ids=range(len(SETTINGS)))
def test_filters_are_those_of_librosa(settings):
    theirs = librosa.filters.mel(
        sr=settings.rate,
        n_fft=settings.framing.n_fft,
        n_mels=settings.n_mels,
        fmin=settings.f_min,
        fmax=settings.f_max,
        htk=settings.scale == "htk",
        norm="slaney" if settings.equal_area else None,
        dtype=np.float64,
    )
    np.testing.assert_allclose(settings.filters(signal(1)), theirs, atol=1e-12)


def test_white_noise_is_flat_through_filters_of_equal_area():
    areas = mel_filters(20, 4096, 16_000).sum(dim=1) * 16_000 / 4096
    np.testing.assert_allclose(areas, np.ones(20), rtol=0.02)


@pytest.mark.parametrize("settings", SETTINGS, ids=range(len(SETTINGS)))
@pytest.mark.parametrize("time", [3_000, 70_000])
def test_log_mel_is_librosas(settings, time):
    waveform = signal(time)
    theirs = np.log(np.maximum(librosas(waveform, settings), 1e-10))
    np.testing.assert_allclose(log_mel(waveform, settings), theirs, atol=1e-5)


@pytest.mark.parametrize("settings", SETTINGS[:3], ids=range(3))
def test_mfcc_is_librosas(settings):
    waveform = signal(5_000)
    theirs = librosa.feature.mfcc(S=librosa.power_to_db(librosas(waveform, settings)), n_mfcc=13)
    np.testing.assert_allclose(mfcc(waveform, settings), theirs, atol=1e-5)


def test_in_float32_they_agree_too():
    waveform = signal(16_000).float()
    ours = log_mel(waveform, MelSettings())
    assert ours.dtype == torch.float32
    np.testing.assert_allclose(ours, np.log(librosas(waveform, MelSettings())), atol=1e-4)


def test_the_power_spectrogram_is_the_square_of_librosas_magnitude():
    waveform = signal(4000)
    theirs = np.abs(librosa.stft(waveform.numpy(), n_fft=512, hop_length=128)) ** 2
    np.testing.assert_allclose(power_spectrogram(waveform, Framing()), theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("span", [None, 80.0, 20.0])
def test_decibels_are_librosas(span):
    power = signal(40, 30).exp() ** 4
    power[3] = 0
    theirs = librosa.power_to_db(power.numpy(), top_db=span)
    np.testing.assert_allclose(decibels(power, span=span), theirs, atol=1e-10)


def test_recordings_of_a_batch_have_decibels_of_their_own():
    power = torch.stack([signal(5, 6).square(), 1e6 * signal(5, 6, seed=1).square()])
    both = decibels(power, span=10.0)
    torch.testing.assert_close(both[0], decibels(power[0], span=10.0))


@pytest.mark.parametrize("batch", [(1,), (2, 3)])
def test_features_of_a_batch_are_those_of_its_rows(batch):
    waveform, settings = signal(*batch, 70_000), MelSettings()
    rows = torch.stack([mel_power(row, settings) for row in waveform.reshape(-1, 70_000)])
    torch.testing.assert_close(mel_power(waveform, settings), rows.reshape(*batch, 80, 438))


def test_gradients_reach_the_waveform():
    settings = MelSettings(framing=Framing(64, 16), n_mels=5)
    waveform = signal(200).requires_grad_()
    assert torch.autograd.gradcheck(lambda sound: log_mel(sound, settings), waveform)


def test_what_inference_has_kept_serves_training():
    settings = MelSettings(framing=Framing(64, 16), n_mels=6)  # no other test has it
    with torch.inference_mode():
        without = log_mel(signal(200), settings)
    waveform = signal(200).requires_grad_()
    log_mel(waveform, settings).sum().backward()
    assert waveform.grad.any()
    torch.testing.assert_close(without, log_mel(signal(200), settings))


def test_the_cosine_transform_is_scipys_and_orthonormal():
    rows = dct_matrix(40)
    values = signal(40, 7)
    np.testing.assert_allclose(rows @ values, scipy.fft.dct(values.numpy(), axis=0, norm="ortho"))
    torch.testing.assert_close(rows @ rows.T, torch.eye(40, dtype=torch.float64))


def test_pre_emphasis_is_a_filter():
    waveform = signal(2, 100)
    theirs = scipy.signal.lfilter([1, -0.97], [1], waveform.numpy())
    np.testing.assert_allclose(pre_emphasis(waveform), theirs)
    theirs = librosa.effects.preemphasis(waveform.numpy(), zi=[[0.0], [0.0]])
    np.testing.assert_allclose(pre_emphasis(waveform), theirs)


def test_cmvn_makes_every_bin_of_every_recording_standard_whatever_the_padding():
    features, lengths = 5 + 3 * signal(3, 4, 50), torch.tensor([50, 20, 2])
    came = cmvn(features, lengths, epsilon=0.0)
    for recording, wanted, length in zip(came, features, lengths, strict=True):
        part = wanted[:, :length].numpy()
        theirs = (part - part.mean(1, keepdims=True)) / part.std(1, keepdims=True)
        np.testing.assert_allclose(recording[:, :length], theirs, atol=1e-12)
        assert not recording[:, length:].any()
    torch.testing.assert_close(cmvn(features[:1]), cmvn(features[:1], lengths[:1]))


def test_a_bin_that_never_changes_becomes_zero():
    assert not cmvn(torch.full((1, 2, 9), 7.0)).any()


@pytest.mark.parametrize("lengths", [[5, 0], [5, 6]])
def test_lengths_that_do_not_fit_are_refused(lengths):
    with pytest.raises(ShapeError, match="wanted 2 lengths of 1 to 5 frames, got"):
        cmvn(torch.zeros(2, 3, 5), torch.tensor(lengths))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n_mels": 0}, "at least 1 mel"),
        ({"f_min": 4000, "f_max": 3000}, "f_min < f_max ≤ 8000 Hz, .*f_min=4000, f_max=3000"),
        ({"f_max": 9000}, "f_max=9000"),
        ({"n_mels": 200}, "filter 0 of 200 holds no bin of 31.2 Hz; take fewer mels or a larger"),
    ],
)
def test_banks_that_cannot_be_are_refused(settings, said):
    with pytest.raises(SettingError, match=said):
        mel_power(torch.zeros(100), MelSettings(**settings))


@pytest.mark.parametrize("count", [0, 81])
def test_more_coefficients_than_mels_are_refused(count):
    with pytest.raises(SettingError, match=f"n_coefficients={count} must be 1 to n_mels=80"):
        mfcc(torch.zeros(100), MelSettings(), count)
