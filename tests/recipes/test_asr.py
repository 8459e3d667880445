"""The recipe of recognition: what a config becomes, and a run from end to end."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from praktikum.audio.recogniser import RecogniserSettings
from praktikum.audio.transcriber import Transcriber
from praktikum.data.formants import formants
from praktikum.data.utterances import SpeechSplits
from praktikum.engine import LoggingSettings, OptimiserSettings, RunFolder, TrainerSettings
from praktikum.engine.errors import SettingError
from praktikum.recipes import asr
from praktikum.recipes.asr import RECIPE, AsrConfig, SpeechData
from praktikum.recipes.config import read_config
from praktikum.recipes.run import evaluate_run, train_run

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture
def few(monkeypatch):
    """A dozen computed utterances instead of all."""
    whole = formants()
    parts = [[part[n] for n in range(count)] for part, count in zip(whole, (12, 3, 3), strict=True)]
    splits = SpeechSplits(*parts, source=whole.source, licence=whole.licence)
    monkeypatch.setattr(asr, "open_speech", lambda *_: splits)
    monkeypatch.setattr(asr, "pocketsphinx_installed", lambda: False)
    monkeypatch.setattr(asr, "WEIGHTS", (0.5,))
    monkeypatch.setattr(asr, "BEAM", 2)
    return splits


@pytest.mark.parametrize("encoder", ["recurrent", "conformer"])
def test_a_run_learns_and_its_report_compares(few, encoder, tmp_path):
    trainer = TrainerSettings(
        epochs=2,
        monitor="cer",
        optimiser=OptimiserSettings("adamw", lr=3e-3),
        logging=LoggingSettings(progress=False, scalars=False, hyperparameters=False),
    )
    network = RecogniserSettings(encoder, 16, 16, 1, 5, 2)
    config = AsrConfig(SpeechData("formants", batch_size=4), network, trainer=trainer)
    path = tmp_path / "run"
    described = read_config(CONFIGS / "asr-small.toml")
    history = train_run(replace(described, values=config), path)
    assert history.epochs[1].train["loss"] < history.epochs[0].train["loss"]
    reached = evaluate_run(path)
    comparison = json.loads(RunFolder(path).comparison.read_text())
    assert comparison["this run"]["CER"] == pytest.approx(reached["cer"], abs=0.02)
    assert "this run, 6-grams of characters" in comparison
    assert len((path / "transcripts.tsv").read_text().splitlines()) == 1 + len(few.test)
    kept = Transcriber.load(path / "recogniser.safetensors")
    assert set(kept(few.test[0].samples)) <= set(kept.form.alphabet)


@pytest.mark.parametrize("name", ["asr-small", "asr-full"])
def test_the_configs_are_of_this_recipe(name):
    assert isinstance(read_config(CONFIGS / f"{name}.toml").values, RECIPE.config)


def test_joined_utterances_are_one_recording_with_one_text(few):
    loader = RECIPE.assemble(AsrConfig(SpeechData("formants", joins=(2,))), Path()).train
    torch.manual_seed(0)
    (batch,) = list(loader)
    assert len(batch.features) == 6
    assert (batch.target_lengths > 0).all()
    assert all((row == 1).any() for row in batch.targets)  # the space between two texts


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"longest": 0.0}, "longest=0.0 must be above 0 seconds"),
        ({"joins": ()}, "joins"),
        ({"batch_size": 0}, "batch_size=0 must be at least 1"),
    ],
)
def test_impossible_settings_are_refused(change, said):
    with pytest.raises(SettingError, match=said):
        SpeechData(**change)
