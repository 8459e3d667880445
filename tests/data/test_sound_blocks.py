"""Files in blocks: what comes out in all is what reading, resampling and writing at once give."""

import logging
from contextlib import suppress

import numpy as np
import pytest
import soundfile

from praktikum.data.errors import FormatError, MissingData
from praktikum.data.sound import resample
from praktikum.data.sound_blocks import fitted, reading, resampled, writing


def noise(channels, time):
    return np.random.default_rng(0).uniform(-0.5, 0.5, (channels, time)).astype(np.float32)


def saved(path, samples, rate=8000, subtype="FLOAT"):
    soundfile.write(path, samples.T, rate, subtype=subtype)
    return path


def joined(blocks):
    return np.concatenate(list(blocks), axis=1)


@pytest.mark.parametrize("channels", [1, 2, 8])
@pytest.mark.parametrize("time", [1, 8000, 20_001])
def test_blocks_hold_what_the_file_holds_and_come_twice(tmp_path, channels, time):
    samples = noise(channels, time)
    with reading(saved(tmp_path / "a.wav", samples)) as source:
        assert (source.rate, source.channels, source.subtype) == (8000, channels, "FLOAT")
        for _ in range(2):
            blocks = list(source.blocks())
            assert max(block.shape[1] for block in blocks) <= 8000
            np.testing.assert_array_equal(joined(blocks), samples)


@pytest.mark.parametrize(("rate", "to"), [(8000, 16_000), (44_100, 16_000), (16_000, 16_000)])
@pytest.mark.parametrize("size", [100, 4321, 30_000])
def test_resampling_in_blocks_is_resampling_at_once(rate, to, size):
    samples = noise(2, 30_000)
    blocks = (samples[:, start : start + size] for start in range(0, 30_000, size))
    expected = resample(samples, rate, to)
    found = joined(fitted(resampled(blocks, rate, to), expected.shape[1]))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_blocks_are_fitted_by_cutting_and_by_zeros():
    blocks = [np.ones((2, 3), np.float32)] * 2
    assert joined(fitted(blocks, 4)).tolist() == [[1] * 4] * 2
    assert joined(fitted(blocks, 8)).tolist() == [[1] * 6 + [0] * 2] * 2
    assert joined(fitted([], 2)).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("name", "subtype", "written"),
    [
        ("a.wav", "PCM_24", "PCM_24"),
        ("a.flac", "PCM_24", "PCM_24"),
        ("a.flac", "FLOAT", "PCM_16"),
        ("a.WAV", "ULAW", "ULAW"),
        ("sub/a.ogg", "PCM_16", "VORBIS"),
    ],
)
def test_a_file_is_written_as_the_source_is_where_its_format_can(tmp_path, name, subtype, written):
    samples = noise(2, 9000)
    path = saved(tmp_path / "in.wav", samples, 22_050, subtype)
    with reading(path) as source, writing(tmp_path / name, source) as write:
        for block in source.blocks():
            write(block)
    about = soundfile.info(tmp_path / name)
    assert (about.frames, about.channels, about.samplerate) == (9000, 2, 22_050)
    assert about.subtype == written
    if written == "PCM_24":
        found, _ = soundfile.read(tmp_path / name, dtype="float32")
        np.testing.assert_allclose(found.T, samples, atol=2**-22)


def test_samples_beyond_full_scale_are_cut_not_wrapped(tmp_path):
    loud = np.array([[-3.0, 0.5, 3.0]], np.float32)
    path = saved(tmp_path / "in.wav", noise(1, 3), subtype="PCM_16")
    with reading(path) as source, writing(tmp_path / "out.wav", source) as write:
        write(loud)
    found, _ = soundfile.read(tmp_path / "out.wav")
    np.testing.assert_allclose(found, [-1, 0.5, 1], atol=1e-4)


def test_a_file_can_be_written_over_itself_and_stays_when_something_fails(tmp_path):
    path, samples = tmp_path / "a.wav", noise(1, 20_000)
    saved(path, samples)
    with reading(path) as source:
        with suppress(KeyError), writing(path, source) as write:
            write(samples[:, :5])
            raise KeyError
        np.testing.assert_array_equal(joined(source.blocks()), samples)
        with writing(path, source) as write:
            for block in source.blocks():
                write(block / 2)
    np.testing.assert_allclose(soundfile.read(path)[0], samples[0] / 2, atol=1e-6)
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path, caplog):
    path = saved(tmp_path / "a.wav", noise(1, 20_000), subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:20_044])
    with caplog.at_level(logging.WARNING), reading(path) as source:
        assert joined(source.blocks()).shape == (1, 10_000)
    assert "breaks off before its end: 1.25 s of it were read" in caplog.text


def read_all(path):
    with reading(path) as source:
        return list(source.blocks())


def test_what_is_wrong_with_a_file_is_said(tmp_path):
    bad = noise(1, 20_000)
    bad[0, 12_000] = np.inf
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    for path, error, message in (
        (saved(tmp_path / "bad.wav", bad), FormatError, "that is not is at 1.500 s"),
        (saved(tmp_path / "empty.wav", noise(1, 0)), FormatError, "not one sample in it"),
        (text, FormatError, "this is not sound, or it is damaged"),
        (tmp_path / "none.wav", MissingData, "there is none"),
    ):
        with pytest.raises(error, match=message):
            read_all(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [("a.xyz", "no format of sound ends in '.xyz'"), ("a.mp3", "cannot write 8 channels")],
)
def test_a_format_that_cannot_hold_it_is_refused(tmp_path, name, message):
    path = saved(tmp_path / "in.wav", noise(8, 10))
    with (
        reading(path) as source,
        pytest.raises(FormatError, match=message),
        writing(tmp_path / name, source),
    ):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["in.wav"]
