"""Speech that a student got out of noisy recordings: read, measured, and turned into points."""

from __future__ import annotations

import datetime as dt
import io
import wave
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from praktikum.checks import Text
from praktikum.course.content import find_course, open_content
from praktikum.course.given import Given, draw_given, read_sizes, sizes_of, write_given
from praktikum.course.given_mixtures import GivenMixture, wav_of, write_speech
from praktikum.course.predictions_asked import SPEECH
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit, read_unit
from praktikum.grader.archive import with_archive
from praktikum.grader.attempt_file import attempt_from_json, attempt_to_json
from praktikum.grader.facts import Attempt, Measured
from praktikum.grader.faulty_prediction import FaultyPrediction
from praktikum.grader.predictions import measure, read_predictions
from praktikum.grader.si_sdr import si_sdr
from praktikum.grader.submission import Submission
from praktikum.grader.wav_speech import read_speech

Speech = dict[str, np.ndarray]

TASK = """\
id = "t1_noisy"
title = { ru = "Шум", en = "Noise" }
deadline = "t1_noisy"
write = ["exercises:nothing"]
given = 4

[[parts]]
id = "speech"
title = { ru = "Речь", en = "Speech" }
points = 2
by_si_sdr = [[10, 1], [12.5, 2]]
"""
DRAWS = """\
import numpy as np

def mixture(rng):
    speech = rng.integers(-9000, 9000, 600)
    noise = rng.integers(-4500, 4500, 600)
    return (speech + noise).astype(np.int16), speech.astype(np.int16)
"""


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    (tmp_path / "task.toml").write_text(TASK, "utf-8")
    (tmp_path / "predictions.py").write_text(DRAWS, "utf-8")
    return read_unit(tmp_path)


@pytest.fixture
def given(unit: Unit) -> tuple[Given, ...]:
    return draw_given(unit, 1)


def handed_in(folder: Path, speech: Speech) -> Submission:
    write_speech(speech, folder / "speech.zip")
    bare = Submission(folder / "task.ipynb", "0" * 64, (), None)
    return with_archive(bare, folder / "speech.zip")


def truth_of(given: tuple[Given, ...]) -> Speech:
    return {one.name: one.truth for one in given}


def said(notes: tuple[Text, ...]) -> list[str]:
    return [note.en for note in notes]


def test_the_truth_is_worth_the_most(tmp_path: Path, given: tuple[Given, ...]) -> None:
    measured, notes = measure(handed_in(tmp_path, truth_of(given)), given)
    assert (measured, notes) == (Measured(Decimal("30.000"), 4, 4, "si_sdr"), ())


def test_a_missing_recording_counts_zero_and_is_named(
    tmp_path: Path, given: tuple[Given, ...]
) -> None:
    speech = truth_of(given)
    del speech[given[2].name]
    measured, notes = measure(handed_in(tmp_path, speech), given)
    assert measured == Measured(Decimal("22.500"), 3, 4, "si_sdr")
    assert said(notes) == [f"speech.zip, {given[2].name}: there is no recording."]


def test_without_an_archive_nothing_is_earned(given: tuple[Given, ...]) -> None:
    predicted = read_predictions(None, sizes_of(given), SPEECH)
    assert said(predicted.notes) == [
        "There is no speech.zip beside the notebook: 0 of 4 recordings were handed in."
    ]


def test_si_sdr_is_the_cotangent_of_the_angle() -> None:
    rng = np.random.default_rng(0)
    speech, estimate = rng.normal(scale=1000, size=(2, 500)).round().astype(np.int16)
    mixed = (speech // 2 + estimate // 8).astype(np.int16)
    cosine = np.corrcoef(mixed - 0.0, speech)[0, 1]  # means are nearly zero
    assert float(si_sdr(mixed, speech)) == pytest.approx(
        20 * np.log10(cosine / np.sqrt(1 - cosine**2)), abs=0.1
    )


@pytest.mark.parametrize(
    ("of_speech", "of_noise", "expected"),
    [(1, 0, 30), (2, 0, 30), (-1, 0, 30), (1, 0.01, 30), (0, 0, 0), (0, 1, 0), (1, 10, 0)],
)
def test_si_sdr_has_bounds_and_knows_no_loudness(
    of_speech: int, of_noise: float, expected: int
) -> None:
    speech = np.tile(np.array([4000, 0], np.int16), 100)
    noise = np.tile(np.array([0, 3000], np.int16), 100)
    assert si_sdr((of_speech * speech + of_noise * noise).astype(np.int16), speech) == expected


def wav(channels: int = 1, width: int = 2, rate: int = 16_000, length: int = 600) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(channels * width * length))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a WAV file"),
        (b"RIFF\xff\xff\xff\xffWAVE", "not a WAV file"),
        (wav()[:30], "not a WAV file"),
        (wav(channels=2), "channels 2, bits 16, 16000 Hz"),
        (wav(width=3), "channels 1, bits 24, 16000 Hz"),
        (wav(rate=8000), "channels 1, bits 16, 8000 Hz"),
        (wav(length=599), "599 samples, and 600 are wanted"),
        (wav()[:-100], "600 samples"),
    ],
    ids=["empty", "head", "torn head", "stereo", "24 bits", "8 kHz", "short", "torn"],
)
def test_what_is_no_such_speech_is_refused_by_a_clear_line(content: bytes, why: str) -> None:
    with pytest.raises(FaultyPrediction, match=why):
        read_speech(content, (600,))


def test_samples_come_back_as_they_were_written() -> None:
    samples = np.array([-32768, -1, 0, 1, 32767], np.int16)
    np.testing.assert_array_equal(read_speech(wav_of(samples), (5,)), samples)


def test_students_get_the_noisy_recordings_alone(tmp_path: Path, given: tuple[Given, ...]) -> None:
    write_given(given, tmp_path / "given")
    assert read_sizes(tmp_path / "given") == sizes_of(given) == {one.name: (600,) for one in given}
    for one in given:
        written = read_speech((tmp_path / "given" / one.name).read_bytes(), (600,))
        assert isinstance(one, GivenMixture)
        np.testing.assert_array_equal(written, one.noisy)


def test_the_measure_is_stored_under_its_own_name() -> None:
    now = dt.datetime(2023, 4, 20, tzinfo=dt.UTC)
    measured = Measured(Decimal("11.250"), 3, 4, "si_sdr")
    attempt = Attempt("Анна", "t4_audio", now, "0", "a.ipynb", (), measured=measured)
    fields = attempt_to_json(attempt)
    assert fields["measured"] == {"si_sdr": "11.250", "usable": 3, "given": 4}
    assert attempt_from_json(fields) == attempt


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[12.5, 2]", "[31, 2]", "a measure is above 0 and at most 30"),
        ("given = 4", "given = 0", "given: wanted together with a part's by_iou or by_si_sdr"),
        ("by_si_sdr", "by_iou = [[0.5, 1]]\nby_si_sdr", "a task asks for one of them"),
    ],
)
def test_a_task_that_asks_wrongly_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    (tmp_path / "task.toml").write_text(TASK.replace(old, new), "utf-8")
    with pytest.raises(CourseError, match=why):
        read_unit(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [(".astype(np.int16), speech", ", speech"), ("speech.astype", "speech[1:].astype")],
)
def test_what_is_drawn_must_be_a_recording_and_its_speech(unit: Unit, old: str, new: str) -> None:
    (unit.folder / "predictions.py").write_text(DRAWS.replace(old, new), "utf-8")
    with pytest.raises(CourseError, match=r"mixture\(rng\): wanted 16-bit samples"):
        draw_given(unit, 1)


def test_task_4_draws_the_same_recordings_from_a_secret_and_others_from_another() -> None:
    task = replace(open_content(find_course(Path(__file__))).unit("t4"), given=2)
    first, again, other = draw_given(task, 5), draw_given(task, 5), draw_given(task, 6)
    assert all(np.array_equal(a.truth, b.truth) for a, b in zip(first, again, strict=True))
    assert not any(np.array_equal(a.truth, b.truth) for a, b in zip(first, other, strict=True))
    assert {one.size for one in first} == {(30_000,)}
