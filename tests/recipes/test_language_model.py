"""The recipe of language models: batches, objective, averaging, and a run from end to end."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from praktikum.engine import (
    Interrupted,
    Listener,
    LoggingSettings,
    OptimiserSettings,
    RunFolder,
    TrainerSettings,
)
from praktikum.engine.errors import SettingError
from praktikum.recipes.config import RunConfig, read_config
from praktikum.recipes.language_model import (
    RECIPE,
    LanguageModelConfig,
    LanguageObjective,
    NetworkSettings,
    ngram_perplexities,
)
from praktikum.recipes.run import evaluate_run, train_run
from praktikum.recipes.sentiment import TextData
from praktikum.text.vocabulary import EOS, PAD, SOS, Vocabulary

CONFIGS = Path(__file__).parents[2] / "configs"
WORDS = "film plot cast scene joke score".split()  # noqa: SIM905 - easier to read


@pytest.fixture
def folder(tmp_path):
    """Reviews in which each word decides about the next one, mostly."""
    rng = np.random.default_rng(0)
    for part, n in (("train", 60), ("test", 20)):
        for kind, stars in (("neg", 2), ("pos", 9)):
            path = tmp_path / "reviews" / part / kind
            path.mkdir(parents=True)
            for number in range(n):
                places = [int(rng.integers(6))]
                for _ in range(int(rng.integers(3, 9))):
                    places.append((places[-1] + 1 + int(rng.random() < 0.2)) % 6)
                text = " ".join(WORDS[place] for place in places)
                (path / f"{number}_{stars}.txt").write_text(f"{text} {'abcdefgh'[number % 8]}")
    return tmp_path / "reviews"


@pytest.fixture
def config(folder):
    return LanguageModelConfig(
        data=TextData(name="folder", folder=folder, batch_size=8),
        network=NetworkSettings(embedding=12, hidden=12, input_dropout=0.1, output_dropout=0.1),
        activation=0.1,
        temporal_activation=0.1,
        trainer=TrainerSettings(
            epochs=4,
            monitor="nll",
            optimiser=OptimiserSettings("adam", lr=0.02),
            logging=LoggingSettings(progress=False, scalars=False, hyperparameters=False),
        ),
    )


def run_config(values):
    return RunConfig("language_model", values)


def test_a_batch_is_a_text_and_the_same_text_one_word_later(config, tmp_path):
    assembly = RECIPE.assemble(config, tmp_path)
    words = Vocabulary.load(tmp_path / "vocabulary.json")
    batch = next(iter(assembly.valid))
    assert set(batch.inputs[0].tolist()) == {words[SOS]}
    for column, length in enumerate(batch.lengths):
        assert words.tokens[batch.targets[length - 1, column]] == EOS
        assert torch.equal(batch.inputs[1:length, column], batch.targets[: length - 1, column])
        assert (batch.targets[length:, column] == words[PAD]).all()


def test_the_loss_is_the_likelihood_and_its_penalties(config, tmp_path):
    assembly = RECIPE.assemble(config, tmp_path)
    batch, model = next(iter(assembly.valid)), assembly.model.eval()
    step = assembly.objective(model, batch)
    output, real = model(batch.inputs), batch.targets != 0
    nll = -output.logits.log_softmax(-1).gather(-1, batch.targets[..., None])[..., 0][real].mean()
    squares = output.dropped[real].square().mean()
    changes = (output.hidden[1:] - output.hidden[:-1])[real[1:]].square().mean()
    torch.testing.assert_close(step.metrics["nll"], nll)
    torch.testing.assert_close(step.loss, nll + 0.1 * squares + 0.1 * changes)
    assert step.size == int(real.sum())


def test_without_penalties_the_loss_is_the_likelihood(config, tmp_path):
    assembly = RECIPE.assemble(config, tmp_path)
    step = LanguageObjective(0)(assembly.model.eval(), next(iter(assembly.valid)))
    assert step.loss.item() == step.metrics["nll"].item()


def test_a_run_states_its_perplexity_beside_that_of_ngrams(config, tmp_path):
    run = tmp_path / "run"
    train_run(run_config(config), run)
    table = json.loads(RunFolder(run).comparison.read_text())
    own = table["this run (LSTM)"]
    assert own["perplexity"] == pytest.approx(math.exp(evaluate_run(run)["nll"]), rel=1e-6)
    ngrams = next(row for name, row in table.items() if "Kneser" in name)
    assert own["perplexity"] < table["single words"]["perplexity"]
    assert ngrams["perplexity"] < table["single words"]["perplexity"]
    assert "| single words |" in RunFolder(run).report.read_text()


def test_ngrams_are_chosen_on_the_validation_texts():
    train = [["a", "b", "c"], ["a", "b", "d"]] * 5
    words = Vocabulary.build(train)
    for_test = ngram_perplexities(train, [["a", "b", "c"]], [["a", "b", "d"]], words)
    assert len(for_test) == 2
    assert all(row["perplexity"] < len(words) for row in for_test.values())


class StopsAt(Listener):
    """Is Ctrl-C after so many epochs."""

    def __init__(self, epoch):
        self.epoch = epoch

    def epoch_ends(self, fit, result):
        if result.epoch == self.epoch:
            raise KeyboardInterrupt


def test_weights_are_averaged_from_the_stall_on_and_a_resumed_run_is_the_same(config, tmp_path):
    rule = OptimiserSettings("sgd", lr=8.0, momentum=0.0)
    wandering = replace(
        config, averaging_patience=0, trainer=replace(config.trainer, epochs=7, optimiser=rule)
    )
    whole, parts = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "parts")
    history = train_run(run_config(wandering), whole.path)
    losses = [epoch.valid["nll"] for epoch in history.epochs]
    state = torch.load(whole.last, weights_only=False)["model"]
    first = next(n for n in range(2, 8) if losses[n - 1] > min(losses[: n - 1]))
    n_batches = len(RECIPE.assemble(wandering, tmp_path).train)
    assert state["n_iterates"] == (7 - first) * n_batches
    with pytest.raises((KeyboardInterrupt, Interrupted)):
        train_run(run_config(wandering), parts.path, listeners=[StopsAt(first + 1)])
    train_run(run_config(wandering), parts.path, resume=True)
    resumed = torch.load(parts.last, weights_only=False)["model"]
    assert all(torch.equal(resumed[name], value) for name, value in state.items())


def test_a_run_with_attention_shows_a_map(config, tmp_path):
    looking = replace(
        config,
        network=replace(config.network, attention=True),
        trainer=replace(config.trainer, epochs=1),
    )
    folder = RunFolder(tmp_path / "run")
    train_run(run_config(looking), folder.path)
    assert "LSTM with attention" in folder.report.read_text()
    assert "![example-attention](plots/example-attention.png)" in folder.report.read_text()
    with Image.open(folder.plots / "example-attention.png") as picture:
        assert picture.width > 100


@pytest.mark.parametrize("name", ["lm-small", "lm-full"])
def test_published_configs_are_read(name):
    values = read_config(CONFIGS / f"{name}.toml").values
    assert values.trainer.monitor == "nll"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NetworkSettings(hidden=0), "hidden=0 must be at least 1"),
        (lambda: NetworkSettings(weight_dropout=1.0), r"weight_dropout=1.0 must be in \[0, 1\)"),
        (lambda: LanguageModelConfig(activation=-1.0), "activation=-1.0 must be at least 0"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()
