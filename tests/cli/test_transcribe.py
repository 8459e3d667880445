"""`praktikum transcribe` as its users meet it, with the model that the package has."""

import numpy as np
import pytest
from typer.testing import CliRunner

from praktikum.audio.transcriber import SHIPPED, Transcriber
from praktikum.cli.main import app
from praktikum.data.errors import MissingData
from praktikum.data.prompts import open_prompts
from praktikum.data.sound import Sound
from praktikum.data.sound_files import write_sound


def transcribe(*arguments):
    return CliRunner().invoke(app, ["transcribe", *map(str, arguments)])


@pytest.fixture
def prompt(tmp_path):
    """A recording of a sentence that the model was tested on."""
    try:
        utterances = open_prompts("en").test
    except MissingData as error:
        pytest.skip(str(error))
    said = next(each for each in utterances if "to leave the conference" in each.text.lower())
    stereo = Sound(np.stack([said.samples, said.samples]), 16_000).at(22_050)
    write_sound(tmp_path / "prompt.wav", stereo)
    return tmp_path / "prompt.wav"


def test_what_is_said_is_written_down(prompt):
    result = transcribe(prompt)
    assert result.exit_code == 0
    assert result.output == "to leave the conference\n"


def test_sentences_to_lean_on_and_times_are_taken(prompt, tmp_path):
    (tmp_path / "sentences.txt").write_text("To leave the conference.\n" * 5 + "\nHello!\n")
    result = transcribe(prompt, "--texts", tmp_path / "sentences.txt", "--times")
    start, stop, said = result.output.rstrip("\n").split("\t")
    assert (float(start), said) == (0, "to leave the conference")
    assert 0.5 < float(stop) < 5


def test_long_recordings_are_written_in_pieces(tmp_path):
    noise = np.random.default_rng(0).normal(0, 0.1, (1, 30 * 8000)).astype(np.float32)
    write_sound(tmp_path / "noise.wav", Sound(noise, 8000))
    assert len(transcribe(tmp_path / "noise.wav", "--times").output.splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"no sound at all"])
def test_what_cannot_be_heard_is_one_line(content, tmp_path):
    path = tmp_path / "bad.wav"
    if content:
        path.write_bytes(content)
    result = transcribe(path)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "bad.wav" in result.stderr


def test_a_model_that_is_none_is_one_line(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    result = transcribe(tmp_path / "any.wav", "--model", tmp_path / "model.safetensors")
    assert result.exit_code == 1
    assert "is not a saved recogniser" in result.stderr


def test_the_model_that_comes_is_small_and_for_english():
    assert SHIPPED.stat().st_size < 2_000_000
    assert SHIPPED.with_suffix(".md").is_file()
    assert Transcriber.load().language == "en"
