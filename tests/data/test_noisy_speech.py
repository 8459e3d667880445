"""Mixtures that are made on the fly, and parts of ready-made ones."""

import numpy as np
import pytest
import torch

from praktikum.data.cut_pairs import CutPairs
from praktikum.data.errors import DataError
from praktikum.data.mixing import snr
from praktikum.data.noises import NOISES
from praktikum.data.noisy_speech import MixedSpeech, Mixing, NoiseBank, NoisyPair, collate_noisy
from praktikum.data.unheard_noises import UNHEARD_NOISES
from praktikum.data.utterances import Utterance


def tone(hertz, length):
    samples = 0.3 * np.sin(2 * np.pi * hertz * np.arange(length) / 16_000)
    return Utterance(samples.astype(np.float32), "", "", "")


TONES = [tone(440, 20_000), tone(1000, 9_000), tone(3000, 30_000)]
WHITE = NoiseBank({"white": NOISES["white"]}, pieces=2, seconds=1.0)


def loudest(samples):
    """Return the frequency that is strongest, Hz."""
    return np.argmax(np.abs(np.fft.rfft(samples))) * 16_000 / len(samples)


@pytest.mark.parametrize("name", UNHEARD_NOISES)
@pytest.mark.parametrize("length", [1, 100, 20_001])
def test_unheard_noises_have_the_level_of_all_and_come_from_their_generator(name, length):
    noise = UNHEARD_NOISES[name](length, np.random.default_rng(3))
    assert noise.shape == (length,)
    assert noise.dtype == np.float32
    assert np.sqrt(np.mean(noise.astype(np.float64) ** 2)) == pytest.approx(0.1, rel=1e-5)
    again = UNHEARD_NOISES[name](length, np.random.default_rng(3))
    np.testing.assert_array_equal(noise, again)
    assert name not in NOISES


def test_whole_utterances_are_mixed_within_the_ratios_that_were_asked_for():
    mixed = MixedSpeech(TONES, WHITE, Mixing(snr=(3.0, 7.0)), domain="here")
    for index, utterance in enumerate(TONES):
        noisy, speech, domain = mixed[index]
        np.testing.assert_allclose(speech, utterance.samples, atol=1 / 32768)
        assert 3 <= snr(speech, noisy - speech) <= 7
        assert domain == "here"
    assert len(mixed) == 3


def test_a_pair_is_drawn_from_seed_epoch_and_index_alone():
    first, second = (
        MixedSpeech(TONES, WHITE, Mixing(speed=(0.8, 1.25)), 0.5, 10, seed=4) for _ in range(2)
    )
    second[7]
    np.testing.assert_array_equal(first[2].noisy, second[2].noisy)
    before = first[2].noisy
    first.set_epoch(1)
    assert not np.array_equal(first[2].noisy, before)
    first.set_epoch(0)
    np.testing.assert_array_equal(first[2].noisy, before)


@pytest.mark.parametrize("speed", [0.8, 1.0, 1.25])
def test_parts_have_the_length_that_was_asked_for_and_the_pitch_of_their_speed(speed):
    mixing = Mixing(snr=(30.0, 30.0), speed=(speed, speed))
    mixed = MixedSpeech([TONES[1]] * 3, WHITE, mixing, seconds=0.5, examples=4)
    for index in range(4):
        noisy, speech, _ = mixed[index]
        assert noisy.shape == speech.shape == (8000,)
        assert loudest(speech) == pytest.approx(1000 * speed, abs=5)


def test_levels_and_filters_change_the_speech_and_the_mixture_alike():
    mixing = Mixing(snr=(5.0, 5.0), filter_db=10.0, level_db=(-20.0, -20.0), second_noise=1.0)
    mixed = MixedSpeech(TONES, WHITE, mixing, seconds=0.5, examples=3)
    for index in range(3):
        noisy, speech, _ = mixed[index]
        assert np.sqrt(np.mean(noisy**2)) == pytest.approx(0.01, rel=1e-3)
        assert snr(speech, noisy - speech) == pytest.approx(5, abs=0.01)


def test_noise_without_sound_leaves_the_speech_as_it_was():
    silence = NoiseBank({"none": lambda length, _: np.zeros(length, np.float32)}, 1, 1.0)
    noisy, speech, _ = MixedSpeech(TONES, silence, Mixing(second_noise=1.0))[0]
    np.testing.assert_array_equal(noisy, speech)


def test_a_batch_is_padded_with_zeros_and_knows_its_lengths_and_domains():
    pairs = [
        NoisyPair(np.full(n, n, np.float32), np.full(n, -n, np.float32), str(n)) for n in (3, 1)
    ]
    batch = collate_noisy(pairs)
    assert batch.noisy.tolist() == [[3, 3, 3], [1, 0, 0]]
    assert batch.speech.tolist() == [[-3, -3, -3], [-1, 0, 0]]
    assert batch.lengths.tolist() == [3, 1]
    assert batch.domains == ("3", "1")


def test_ready_made_pairs_are_cut_at_one_place_in_both_and_anew_in_each_epoch():
    ramp = np.arange(40_000, dtype=np.float32)
    pairs = [NoisyPair(ramp, ramp * 2, "x"), NoisyPair(ramp[:500], ramp[:500] * 2, "x")]
    cut = CutPairs(pairs, 0.1, seed=1)
    for index in (0, 1):
        noisy, speech, _ = cut[index]
        assert noisy.shape == (1600,)
        np.testing.assert_array_equal(speech, 2 * noisy)
    first = cut[0].noisy
    np.testing.assert_array_equal(np.diff(first), 1)
    cut.set_epoch(1)
    assert cut[0].noisy[0] != first[0]
    assert len(torch.utils.data.Subset(cut, [0])) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NoiseBank({}), "a bank needs kinds, pieces and seconds; got 0, 16, 5.0"),
        (lambda: NoiseBank(NOISES, pieces=0), "got 7, 0, 5.0"),
        (
            lambda: MixedSpeech([tone(0, 100)], WHITE, Mixing()),
            "need utterances with sound in them, there are none",
        ),
    ],
)
def test_what_cannot_be_mixed_is_refused(make, message):
    with pytest.raises(DataError, match=message):
        make()
