"""Made-up speech: its letters have the spectra that phoneticians measured."""

import numpy as np
import pytest
from scipy.signal import welch

from praktikum.data.formants import FORMANT_SPEAKERS, VOICED, Speaker, formants, say

MAN = Speaker("a man", pitch=100.0, tract=1.0, tempo=1.0)


def spectrum(text, speaker=MAN, seed=0):
    samples = say(text, speaker, np.random.default_rng(seed))
    return welch(samples, 16_000, nperseg=1024)


@pytest.mark.parametrize("vowel", "aeiou")
def test_a_vowel_is_strongest_about_its_first_formant(vowel):
    frequencies, power = spectrum(vowel * 8)
    assert frequencies[np.argmax(power)] == pytest.approx(VOICED[vowel][0], abs=100)


@pytest.mark.parametrize(("letter", "middle"), [("s", 5500), ("f", 3200)])
def test_a_hiss_lies_about_its_frequency(letter, middle):
    frequencies, power = spectrum(letter * 8)
    assert frequencies[np.argmax(power)] == pytest.approx(middle, rel=0.15)


@pytest.mark.parametrize("pitch", [90, 140, 230])
def test_a_voice_has_its_pitch(pitch):
    sound = say("a" * 8, Speaker("", pitch, 1.0, 1.0), np.random.default_rng(0))
    piece = sound[len(sound) // 2 :][:1600]  # half of the way the falling pitch is 0.98 of its own
    likeness = np.correlate(piece, piece, "full")[len(piece) :]
    shortest = 16_000 // 300
    period = shortest + 1 + np.argmax(likeness[shortest : 16_000 // 70])
    assert 16_000 / period == pytest.approx(0.98 * pitch, rel=0.1)


def test_a_shorter_vocal_tract_raises_formants():
    child = Speaker("a child", 100.0, 1.5, 1.0)
    lower, higher = (f[np.argmax(p)] for f, p in (spectrum("a" * 8, who) for who in (MAN, child)))
    assert higher == pytest.approx(1.5 * lower, rel=0.12)


@pytest.mark.parametrize("letter", "ptk")
def test_a_stop_begins_with_a_pause(letter):
    sound = say(letter, MAN, np.random.default_rng(0))
    pause, burst = sound[: int(0.13 * 16_000)], sound[int(0.13 * 16_000) :]
    assert not pause.any()
    assert burst.any()


def test_words_have_pauses_between_them():
    def pauses(text):
        sounding = np.flatnonzero(say(text, MAN, np.random.default_rng(0)))
        return np.count_nonzero(np.diff(sounding) > 0.08 * 16_000)

    assert [pauses(text) for text in ("nanana", "na nana", "na na na")] == [0, 1, 2]


def test_a_letter_without_a_sound_is_refused():
    with pytest.raises(ValueError, match=r"mnlsfptkaeiou and spaces are spoken, got \['q', 'z'\]"):
        say("zaq", MAN, np.random.default_rng(0))


def test_no_sentence_is_in_two_parts_and_the_test_part_has_speakers_of_its_own():
    splits = formants(200)
    assert [len(part) for part in splits] == [160, 20, 20]
    texts = [sentence for part in splits for sentence in part.sentences]
    assert len(set(texts)) == 200
    heard, _, held_out = ({utterance.speaker for utterance in part[:8]} for part in splits)
    assert heard | held_out == {speaker.name for speaker in FORMANT_SPEAKERS}
    assert not heard & held_out


def test_a_sentence_sounds_the_same_whenever_it_is_asked_for():
    first, again, other = formants(30).train, formants(30).train, formants(30, seed=1).train
    np.testing.assert_array_equal(first[3].samples, again[-21].samples)
    assert first[3].name == again[3].name
    assert other[3].text != first[3].text
    with pytest.raises(IndexError):
        first[24]


def test_speech_lasts_as_long_as_people_take_and_stays_in_scale():
    for utterance in formants(20).train:
        letters = len(utterance.text)
        assert 0.06 * letters < len(utterance.samples) / 16_000 < 0.18 * letters + 0.4
        assert 0.1 < np.abs(utterance.samples).max() < 1
