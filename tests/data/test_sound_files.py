"""Files of sound: those that libsndfile and SciPy write, and those broken on purpose."""

import logging
import struct

import numpy as np
import pytest
import soundfile
from scipy.io import wavfile

from praktikum.data.errors import DataError, FormatError, MissingData
from praktikum.data.sound import Sound, resample
from praktikum.data.sound_files import read_sound, write_sound


def noise(channels=1, time=4000, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-0.9, 0.9, (channels, time)).astype(np.float32)


def tone(frequency, rate, seconds=1.0):
    turns = frequency * np.arange(int(rate * seconds)) / rate
    return np.sin(2 * np.pi * turns).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2, 8])
@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_what_is_written_is_read(tmp_path, channels, rate):
    write_sound(tmp_path / "a.wav", Sound(noise(channels), rate), width="float")
    came = read_sound(tmp_path / "a.wav")
    assert came.rate == rate
    np.testing.assert_array_equal(came.samples, noise(channels))


@pytest.mark.parametrize(
    ("ending", "width", "bits"), [("wav", "16", 16), ("flac", "24", 24), ("wav", "32", 24)]
)
def test_a_width_keeps_so_many_bits(tmp_path, ending, width, bits):
    write_sound(tmp_path / f"a.{ending}", Sound(noise(), 16_000), width)
    came = read_sound(tmp_path / f"a.{ending}").samples
    assert np.abs(came - noise()).max() <= 2.0 ** (1 - bits)  # a step; float32 has 24 bits


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.float32, np.float64])
def test_files_of_scipy_are_read_at_their_width(tmp_path, kind):
    wanted = noise(2)
    if np.issubdtype(kind, np.integer):
        full, middle = (128, 128) if kind is np.uint8 else (-int(np.iinfo(kind).min), 0)
        written = np.clip(
            np.rint(wanted.astype(float) * full) + middle, 0 if middle else -full, full * 2 - 1
        )
    else:
        full, written = 2**30, wanted
    wavfile.write(tmp_path / "a.wav", 16_000, written.T.astype(kind))
    np.testing.assert_allclose(
        read_sound(tmp_path / "a.wav").samples, wanted, atol=0.6 / full + 1e-7
    )


@pytest.mark.parametrize("ending", ["ogg", "mp3"])
def test_lossy_files_keep_what_is_heard(tmp_path, ending):
    sent = tone(440, 16_000)
    write_sound(tmp_path / f"a.{ending}", Sound(0.5 * sent[None], 16_000))
    came = read_sound(tmp_path / f"a.{ending}").samples[0]
    spectrum = np.abs(np.fft.rfft(came[:16_000]))
    assert np.argmax(spectrum) == 440


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not sound, or it is damaged"),
        (b"Dear diary, " * 100, "not sound, or it is damaged"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "not sound, or it is damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not sound, or it is damaged"),
    ],
    ids=["nothing", "text", "a torn header", "a picture"],
)
def test_what_is_no_sound_is_refused_in_one_line(tmp_path, content, said):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as caught:
        read_sound(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(MissingData, match=r"none\.wav: a file of sound was wanted, there is none"):
        read_sound(tmp_path / "none.wav")


def test_a_file_without_samples_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((0, 1)), 16_000)
    with pytest.raises(FormatError, match="not one sample"):
        read_sound(tmp_path / "a.wav")


def test_samples_that_are_no_numbers_are_refused_with_their_time(tmp_path):
    samples = noise(2, 16_000)
    samples[1, 4000] = np.nan
    soundfile.write(tmp_path / "a.wav", samples.T, 16_000, subtype="FLOAT")
    with pytest.raises(FormatError, match=r"finite numbers, the first that is not is at 0\.250 s"):
        read_sound(tmp_path / "a.wav")
    with pytest.raises(FormatError, match=r"at 0\.250 s"):
        write_sound(tmp_path / "b.wav", Sound(samples, 16_000))


@pytest.mark.parametrize("ending", ["wav", "aiff", "au", "mp3"])
def test_a_torn_file_is_read_as_far_as_it_goes_and_the_log_says_so(tmp_path, caplog, ending):
    whole, torn = tmp_path / f"whole.{ending}", tmp_path / f"torn.{ending}"
    soundfile.write(whole, noise(1, 16_000).T, 16_000)
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    came, wanted = read_sound(torn), read_sound(whole)
    length = came.samples.shape[1]
    assert 6_000 < length < 9_000
    np.testing.assert_array_equal(came.samples, wanted.samples[:, :length])
    [record] = caplog.records
    assert record.message.startswith(f"{torn} breaks off before its end: 0.")


@pytest.mark.parametrize("ending", ["flac", "ogg"])
def test_a_torn_file_of_a_kind_that_cannot_be_read_in_part_is_refused(tmp_path, ending):
    path = tmp_path / f"torn.{ending}"
    soundfile.write(path, noise(1, 16_000).T, 16_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FormatError, match="damaged|not one sample"):
        read_sound(path)


def test_a_file_written_to_a_pipe_has_no_known_length_and_is_whole(tmp_path, caplog):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise().T, 16_000, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = struct.pack("<I", 2**32 - 1)  # as programs that stream do
    path.write_bytes(content)
    assert read_sound(path).samples.shape == (1, 4000)
    assert not caplog.records


@pytest.mark.parametrize("width", ["16", "24", "float"])
def test_what_is_beyond_full_scale_is_cut_and_said_or_kept_in_float(tmp_path, caplog, width):
    caplog.set_level(logging.WARNING)
    write_sound(tmp_path / "a.wav", Sound(3 * tone(100, 8_000)[None], 8_000), width)
    came = read_sound(tmp_path / "a.wav")
    if width == "float":
        assert np.abs(came.samples).max() == 3
        assert not caplog.records
    else:
        assert 1 - 2**-15 <= np.abs(came.samples).max() <= 1
        assert "beyond full scale and were cut" in caplog.text
    assert came.share_clipped == pytest.approx(0.78, abs=0.01)  # 1 - 2/π · asin(1/3)


def test_silence_is_sound(tmp_path):
    write_sound(tmp_path / "a.wav", Sound(np.zeros((1, 100), np.float32), 16_000))
    came = read_sound(tmp_path / "a.wav")
    assert not came.samples.any()
    assert came.share_clipped == 0
    assert came.seconds == 100 / 16_000


@pytest.mark.parametrize(
    ("name", "width", "channels", "said"),
    [
        ("a.wav", "12", 1, "width must be one of 16, 24, 32, float, got '12'"),
        ("a.xyz", "16", 1, r"cannot write 1 channels at 16000 Hz .*\.wav holds anything"),
        ("a.mp3", "16", 8, r"cannot write 8 channels"),
        ("a.flac", "float", 1, r"and width float"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, name, width, channels, said):
    with pytest.raises(FormatError, match=said):
        write_sound(tmp_path / name, Sound(noise(channels), 16_000), width)


@pytest.mark.parametrize("rate", [0, 10, 2_000_000])
def test_a_rate_that_no_sound_has_is_refused(rate):
    with pytest.raises(DataError, match=f"1000 to 768000 Hz, got {rate}"):
        Sound(noise(), rate)


def test_a_sound_without_channels_is_refused():
    with pytest.raises(DataError, match="at least 1 channel"):
        Sound(np.zeros((0, 5), np.float32), 16_000)


def test_mono_is_the_mean_of_channels():
    sound = Sound(noise(3), 16_000)
    np.testing.assert_allclose(sound.mono().samples[0], sound.samples.mean(axis=0), atol=1e-7)


@pytest.mark.parametrize(("rate", "to"), [(48_000, 16_000), (16_000, 44_100), (11_025, 16_000)])
def test_a_tone_below_both_limits_is_the_same_tone_at_the_other_rate(rate, to):
    came = Sound(np.stack([tone(1000, rate), -tone(1000, rate)]), rate).at(to)
    assert came.samples.shape == (2, to)
    inside = slice(to // 10, -to // 10)
    np.testing.assert_allclose(came.samples[0, inside], tone(1000, to)[inside], atol=1e-3)
    np.testing.assert_allclose(came.samples[1], -came.samples[0], atol=1e-6)


def test_a_tone_above_half_of_the_new_rate_is_gone_not_aliased():
    assert np.abs(resample(tone(10_000, 48_000), 48_000, 16_000)[1000:-1000]).max() < 1e-3


@pytest.mark.parametrize("time", [1, 7, 441, 44_101])
def test_the_new_length_is_in_proportion(time):
    assert resample(noise(1, time)[0], 44_100, 16_000).shape == (round(time * 16_000 / 44_100),)
