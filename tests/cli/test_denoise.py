"""`praktikum denoise` as its users meet it, with the model that the package has."""

import numpy as np
import pytest
import soundfile
import torch
from typer.testing import CliRunner

from praktikum.audio.denoiser import LEVEL
from praktikum.audio.denoiser_file import load_denoiser
from praktikum.cli.main import app


def denoise(*arguments):
    return CliRunner().invoke(app, ["denoise", *map(str, arguments)])


def noisy_tones(channels, seconds, rate):
    """Return tones that come and go, another in each channel, in noise."""
    time = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(0)
    pitches = 150 * (1 + np.arange(channels))[:, None]
    tones = sum(np.sin(2 * np.pi * pitches * k * time) / k for k in range(1, 8))
    speech = 0.05 * tones * (np.sin(2 * np.pi * 1.5 * time) > 0)
    return speech + 0.03 * rng.standard_normal(speech.shape)


def saved(path, samples, rate=16_000, subtype="FLOAT"):
    soundfile.write(path, samples.T, rate, subtype=subtype)
    return path


@pytest.mark.parametrize(
    ("rate", "channels", "subtype", "ending"),
    [
        (16_000, 1, "PCM_16", "wav"),
        (44_100, 2, "PCM_24", "flac"),
        (8_000, 8, "FLOAT", "wav"),
    ],
)
def test_what_is_written_has_the_rate_channels_length_and_width_of_what_came(
    tmp_path, rate, channels, subtype, ending
):
    samples = noisy_tones(channels, 1.3, rate)
    source = saved(tmp_path / f"in.{ending}", samples, rate, subtype)
    result = denoise(source, tmp_path / f"out.{ending}")
    assert result.exit_code == 0
    assert f"1.3 s, {channels} × {rate} Hz" in result.stdout
    assert ("Above 8 kHz nothing is kept" in result.stderr) == (rate > 16_000)
    before, after = soundfile.info(source), soundfile.info(tmp_path / f"out.{ending}")
    for name in ("frames", "samplerate", "channels", "subtype", "format"):
        assert getattr(after, name) == getattr(before, name)
    found, _ = soundfile.read(tmp_path / f"out.{ending}", always_2d=True)
    assert (np.square(found).sum(axis=0) < np.square(samples).sum(axis=1)).all()


def test_a_recording_of_several_windows_is_what_the_model_gives_for_the_whole(tmp_path):
    samples = noisy_tones(2, 12, 16_000).astype(np.float32)
    samples[1] *= 0.01  # a faint channel is brought to the level by itself
    assert denoise(saved(tmp_path / "in.wav", samples), tmp_path / "out.wav").exit_code == 0
    found, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    waveforms = torch.from_numpy(samples)
    gains = LEVEL / waveforms.square().mean(dim=1, keepdim=True).sqrt()
    with torch.no_grad():
        whole = (load_denoiser()(waveforms * gains) / gains).T.numpy()
    error = 10 * np.log10(np.square(found - whole).sum(axis=0) / np.square(whole).sum(axis=0))
    assert (error < -80).all()  # dB


@pytest.mark.parametrize("samples", [np.zeros((1, 20_000)), np.full((1, 1), 0.5)])
def test_silence_stays_silent_and_a_single_sample_comes_through(tmp_path, samples):
    assert denoise(saved(tmp_path / "in.wav", samples), tmp_path / "out.wav").exit_code == 0
    found, _ = soundfile.read(tmp_path / "out.wav")
    assert len(found) == samples.shape[1]
    assert np.abs(found).max() <= np.abs(samples).max()


def test_a_clipped_recording_is_denoised_within_full_scale(tmp_path):
    samples = np.clip(30 * noisy_tones(1, 1, 16_000), -1, 1)
    source = saved(tmp_path / "in.wav", samples, subtype="PCM_16")
    assert denoise(source, source).exit_code == 0  # over itself
    assert np.abs(soundfile.read(source)[0]).max() <= 1


def test_a_torn_recording_is_denoised_as_far_as_it_goes(tmp_path, caplog):
    source = saved(tmp_path / "in.wav", noisy_tones(1, 2, 16_000), subtype="PCM_16")
    source.write_bytes(source.read_bytes()[: 44 + 2 * 16_000])
    assert denoise(source, tmp_path / "out.wav").exit_code == 0
    assert soundfile.info(tmp_path / "out.wav").frames == 16_000
    assert "breaks off before its end: 1.00 s of it were read" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.wav", None, "a file of sound was wanted, there is none"),
        ("text.wav", b"no sound at all", "this is not sound, or it is damaged"),
        ("empty.wav", np.zeros((1, 0)), "there is not one sample in it"),
        ("nan.wav", np.array([[0.1, np.nan]]), "samples must be finite numbers"),
    ],
)
def test_what_cannot_be_denoised_is_one_line_and_leaves_no_file(tmp_path, name, content, message):
    source = tmp_path / name
    if isinstance(content, bytes):
        source.write_bytes(content)
    elif content is not None:
        saved(source, content)
    result = denoise(source, tmp_path / "out.wav")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ([] if content is None else [name])


def test_a_file_that_is_no_model_is_one_line(tmp_path):
    source = saved(tmp_path / "in.wav", noisy_tones(1, 1, 16_000))
    result = denoise(source, tmp_path / "out.wav", "--model", source)
    assert result.exit_code == 1
    assert "in.wav is not a saved denoiser" in result.stderr
    assert len(result.stderr.splitlines()) == 1
