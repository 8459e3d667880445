"""Blanks, speeds, gains, rooms and voice activity."""

import numpy as np
import pytest
import scipy.signal
import torch

from praktikum.audio.errors import SettingError, ShapeError
from praktikum.audio.perturbation import change_gain, change_speed, random_gain, random_speed
from praktikum.audio.reverberation import made_up_response, reverberate, reverberation_time
from praktikum.audio.sampling import tone
from praktikum.audio.spec_augment import SpecAugment
from praktikum.audio.stft import Framing
from praktikum.audio.voice_activity import VoiceActivity, stretches

RATE = 16_000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def signal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=generator(seed))


def runs(blank):
    """Lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], blank.numpy().astype(int), [0]])))
    return (edges[1::2] - edges[::2]).tolist()


def test_blanks_are_whole_bands_and_whole_stretches():
    came = SpecAugment(2, 8, 2, 10)(torch.ones(50, 40, 60), generator())
    for recording in came:
        bands, times = (recording == 0).all(dim=1), (recording == 0).all(dim=0)
        assert torch.equal(recording == 0, bands[:, None] | times[None, :])
        assert sum(runs(bands)) <= 16
        assert sum(runs(times)) <= 20


def test_widths_are_even_from_none_to_the_widest_and_places_over_all():
    came = SpecAugment(1, 4, 0, 0)(torch.ones(6000, 10, 1), generator())[..., 0] == 0
    widths = np.bincount(came.sum(dim=1).numpy(), minlength=5) / 6000
    np.testing.assert_allclose(widths, 0.2, atol=0.02)
    full = came[came.sum(dim=1) == 4]
    starts = np.bincount(full.int().argmax(dim=1).numpy(), minlength=7) / len(full)
    np.testing.assert_allclose(starts, 1 / 7, atol=0.04)


def test_stretches_stay_off_padding_and_within_their_share():
    lengths = torch.tensor([30, 10, 4]).repeat(200)
    came = SpecAugment(0, 0, 1, 100, time_share=0.5)(torch.ones(600, 2, 30), generator(), lengths)
    for recording, length in zip(came[:, 0] == 0, lengths, strict=True):
        assert not recording[length:].any()
        assert recording.sum() <= length // 2
    assert (came[lengths == 30, 0] == 0).sum(dim=1).max() == 15


def test_blanks_come_from_the_generator_and_the_features_stay():
    features, augment = torch.ones(3, 80, 200), SpecAugment()
    first, again, other = (augment(features, generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert features.all()
    assert not torch.equal(first[0], first[1])


def test_no_masks_change_nothing():
    assert SpecAugment(0, 0, 0, 0)(torch.ones(2, 3, 4), generator()).all()


@pytest.mark.parametrize("settings", [{"time_masks": -1}, {"time_share": 1.5}])
def test_masks_that_cannot_be_are_refused(settings):
    with pytest.raises(SettingError, match="at least 0 and time_share 0 to 1"):
        SpecAugment(**settings)


@pytest.mark.parametrize("factor", [0.9, 1.1, 2.0])
def test_speed_scales_pitch_and_length(factor):
    faster = change_speed(tone(400, RATE, 1.0), factor)
    assert len(faster) == round(RATE / factor)
    wanted = tone(400 * factor, RATE, 1 / factor)
    torch.testing.assert_close(faster[500:-500], wanted[500 : len(faster) - 500], rtol=0, atol=1e-3)


def test_speeds_of_a_batch_are_those_of_its_rows():
    waveform = signal(2, 3, 1000)
    together = change_speed(waveform, 1.1)
    torch.testing.assert_close(together[1, 2], change_speed(waveform[1, 2], 1.1))
    assert change_speed(waveform, 1.0) is waveform


def test_random_speeds_are_the_three_of_the_paper():
    draws = generator()
    lengths = {random_speed(torch.zeros(990), draws).shape[-1] for _ in range(30)}
    assert lengths == {1100, 990, 900}


@pytest.mark.parametrize("factor", [0.0, 0.1, 5.0])
def test_speeds_that_nobody_has_are_refused(factor):
    with pytest.raises(SettingError, match=r"must be 0\.25 to 4"):
        change_speed(torch.zeros(10), factor)


def test_gain_is_in_decibels():
    assert change_gain(torch.tensor([0.1]), 20.0).item() == pytest.approx(1.0)
    gains = 20 * torch.log10(random_gain(torch.ones(2000, 3), generator(), -10, 6))
    assert (gains == gains[:, :1]).all()
    assert gains.min() == pytest.approx(-10, abs=0.1)
    assert gains.max() == pytest.approx(6, abs=0.1)
    assert gains.mean() == pytest.approx(-2, abs=0.4)


@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_reverberation_is_convolution_with_the_direct_sound_at_once(batch):
    waveform, response = signal(*batch, 500), signal(90, seed=1)
    response[20] = 10
    wet = reverberate(waveform, response)
    theirs = scipy.signal.convolve(waveform.numpy(), response.reshape((1,) * len(batch) + (90,)))
    theirs = theirs[..., 20:520]
    gain = np.linalg.norm(waveform, axis=-1) / np.linalg.norm(theirs, axis=-1)
    np.testing.assert_allclose(wet, theirs * gain[..., None], atol=1e-10)


def test_a_room_without_echo_changes_nothing():
    waveform = signal(100)
    torch.testing.assert_close(reverberate(waveform, torch.tensor([0.0, 0.5, 0.0])), waveform)
    assert not reverberate(torch.zeros(10), torch.ones(3)).any()


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.5])
def test_a_made_up_room_has_its_reverberation_time(seconds):
    response = made_up_response(seconds, RATE, generator())
    assert reverberation_time(response, RATE) == pytest.approx(seconds, rel=0.08)
    rest = response[1:].square().sum()
    assert 10 * torch.log10(response[0] ** 2 / rest) == pytest.approx(5, abs=0.01)


def test_a_pure_decay_has_its_time_by_arithmetic():
    decay = 10 ** (-3 * torch.arange(RATE, dtype=torch.float64) / (0.4 * RATE))
    assert reverberation_time(decay, RATE) == pytest.approx(0.4, rel=0.01)


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: reverberate(torch.ones(3), torch.ones(0)), ShapeError, "at least 1 sample"),
        (lambda: reverberate(torch.ones(3), torch.zeros(2)), SettingError, "response is silent"),
        (lambda: made_up_response(0.0, RATE, generator()), SettingError, "too short at 16000 Hz"),
        (lambda: reverberation_time(torch.ones(9), RATE), SettingError, "weaken by 25 dB"),
        (lambda: reverberation_time(torch.ones(1), RATE), SettingError, "weaken by 25 dB"),
    ],
)
def test_rooms_that_cannot_be_are_refused(call, kind, said):
    with pytest.raises(kind, match=said):
        call()


def recording(loud=((1.0, 1.5), (2.5, 3.2)), seconds=4.0, noise=0.005):
    """Noise at a tenth of a hundredth of full scale, and tones in it."""
    waveform = noise * signal(int(seconds * RATE))
    for start, end in loud:
        part = slice(int(start * RATE), int(end * RATE))
        waveform[part] += 0.2 * tone(300, RATE, end - start)[: part.stop - part.start]
    return waveform


def test_speech_is_found_where_it_is_and_for_its_hang():
    detect = VoiceActivity(hang=20)  # 0.2 s
    found = stretches(detect(recording()), detect.framing, RATE)
    np.testing.assert_allclose(found, [(1.0, 1.7), (2.5, 3.4)], atol=0.03)


@pytest.mark.parametrize("gain", [0.05, 1.0, 20.0])
def test_loudness_of_the_recording_makes_no_difference(gain):
    assert torch.equal(VoiceActivity()(gain * recording()), VoiceActivity()(recording()))


@pytest.mark.parametrize(
    "waveform", [torch.zeros(RATE), recording(loud=()), 1e-6 * recording(), torch.zeros(0)]
)
def test_nobody_speaks_in_silence_or_in_steady_noise(waveform):
    assert not VoiceActivity()(waveform).any()


def test_recordings_of_a_batch_are_judged_by_themselves():
    both = torch.stack([recording(), recording(loud=[(0.5, 3.0)])])
    came = VoiceActivity()(both)
    assert torch.equal(came[1], VoiceActivity()(both[1]))
    assert came.shape == (2, 401)


def test_speech_up_to_the_ends_is_told_whole():
    speech = torch.tensor([True, True, False, True])
    assert stretches(speech, Framing(512, 160), RATE) == [(0.0, 0.02), (0.03, 0.04)]


@pytest.mark.parametrize("settings", [{"softest": 0.0}, {"hang": -1}])
def test_detectors_that_cannot_be_are_refused(settings):
    with pytest.raises(SettingError, match="between 0 and 1 and hang=.* at least 0"):
        VoiceActivity(**settings)
