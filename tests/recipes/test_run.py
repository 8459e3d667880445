"""Train, evaluate and compare, as the command line's users meet them."""

from __future__ import annotations

import json
import signal
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from praktikum.cli.main import app
from praktikum.engine import History, RunFolder
from praktikum.recipes.config.reading import field_types
from praktikum.recipes.registry import find_recipe, recipe_names

RECIPE = '''
from dataclasses import dataclass, field
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from praktikum.engine import Example, Step, TrainerSettings
from praktikum.recipes.config.reading import field_types
from praktikum.recipes.registry import Assembly, Recipe

@dataclass(frozen=True)
class DigitsConfig:
    """A perceptron on scikit-learn's digits."""
    hidden: int = 32
    tested: bool = True
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

def classify(model, batch):
    logits = model(batch[0])
    accuracy = (logits.argmax(1) == batch[1]).float().mean()
    loss = nn.functional.cross_entropy(logits, batch[1])
    return Step(loss, len(batch[1]), {"accuracy": accuracy})

def assemble(config, run_dir):
    images, labels = load_digits(return_X_y=True)
    X, y = torch.tensor(images / 16, dtype=torch.float32), torch.tensor(labels)
    def part(start, stop):
        return DataLoader(TensorDataset(X[start:stop], y[start:stop]), 50, shuffle=start == 0)
    model = nn.Sequential(nn.Linear(64, config.hidden), nn.ReLU(), nn.Linear(config.hidden, 10))
    def illustrate(model):
        probability = model(X[:2]).softmax(1)
        predicted = probability.argmax(1)
        return [Example(X[i].view(1, 8, 8), y[i], probability[i], predicted[i], {"p": 0.5})
                for i in range(2)]
    return Assembly(model, part(0, 500), part(500, 600), classify,
                    part(600, 700) if config.tested else None, illustrate=illustrate)

DIGITS = Recipe(DigitsConfig, assemble)
'''

CONFIG = """
recipe = "digits_recipe:DIGITS"
[trainer]
epochs = 3
monitor = "accuracy"
higher_is_better = true
[trainer.optimiser]
lr = 0.01
[trainer.logging]
pictures = false
report = false
"""


def make_project(folder: Path) -> Path:
    """Write a recipe and its config to a folder."""
    (folder / "digits_recipe.py").write_text(RECIPE)
    (folder / "configs").mkdir()
    (folder / "configs" / "digits.toml").write_text(CONFIG)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recipe and its config, in which the commands are run."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    return make_project(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunFolder]:
    """The folder of a run that `praktikum train` has left, for tests that only read it."""
    folder = make_project(tmp_path_factory.mktemp("trained"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.syspath_prepend(folder)
        monkeypatch.chdir(folder)
        result = run("train", "digits", "--set", "hidden=16", *TOLD)
        assert result.exit_code == 0, result.output
        yield RunFolder(folder / "var" / "runs" / "digits")


TOLD = ["--set", "pictures=true", "--set", "report=true"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "160"})


def test_train_leaves_a_run_folder_with_all_that_the_design_names(trained: RunFolder) -> None:
    config = tomllib.loads(trained.config.read_text())
    assert (config["hidden"], config["trainer"]["epochs"]) == (16, 3)
    assert config["trainer"]["optimiser"]["lr"] == 0.01
    assert trained.last.exists()
    assert trained.best.exists()
    assert list(trained.path.glob("events.out.tfevents.*"))
    history = History.read(trained.metrics)
    assert len(history.epochs) == 3
    assert history.n_parameters == 64 * 16 + 16 + 16 * 10 + 10


def test_the_report_has_its_plots_beside_it(trained: RunFolder) -> None:
    report = trained.report.read_text()
    pictures = [line.split("](")[1].rstrip(")") for line in report.splitlines() if "![" in line]
    names = ["loss", "accuracy", "example-1", "example-2"]
    assert pictures == [f"plots/{name}.png" for name in names]
    for picture in pictures:
        assert (trained.path / picture).read_bytes().startswith(b"\x89PNG")
    best = History.read(trained.metrics).best
    assert f"best epoch by accuracy on validation data: {best.epoch} " in report
    assert f"{best.valid['accuracy']:.4f}" in report
    assert 'recipe = "digits_recipe:DIGITS"' in report


def test_evaluate_finds_what_training_found(trained: RunFolder) -> None:
    result = run("evaluate", trained.path, "--valid")
    best = History.read(trained.metrics).best
    shown = dict(line.split("\t") for line in result.output.splitlines())
    assert float(shown["accuracy"]) == pytest.approx(best.valid["accuracy"], abs=1e-4)
    assert float(shown["loss"]) == pytest.approx(best.valid["loss"], abs=1e-4)


@pytest.mark.parametrize(
    ("flags", "what"),
    [
        ([], {"weights": "best", "data": "test"}),
        (["--last"], {"weights": "last", "data": "test"}),
        (["--valid"], {"weights": "best", "data": "valid"}),
    ],
)
def test_evaluate_writes_what_it_found(
    trained: RunFolder, flags: list[str], what: dict[str, str]
) -> None:
    result = run("evaluate", trained.path, *flags)
    table = json.loads(trained.evaluation.read_text())
    assert result.exit_code == 0
    assert {key: table[key] for key in what} == what
    assert set(table["means"]) == {"loss", "accuracy"}


class Cells(HTMLParser):
    """The texts of the table's cells."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def test_compare_shows_a_table_and_curves_of_the_runs(project: Path) -> None:
    run("train", "digits", "--run", "var/runs/wide", "--set", "hidden=64")
    run("train", "digits", "--run", "var/runs/<narrow>", "--set", "hidden=8", "--set", "epochs=2")
    result = run("compare", "var/runs/wide", "var/runs/<narrow>", "--out", "var/both")
    assert result.exit_code == 0, result.output
    assert "4,810" in result.output  # 64·64 + 64 + 64·10 + 10
    assert (project / "var/both/comparison.png").read_bytes().startswith(b"\x89PNG")
    page = (project / "var/both/comparison.html").read_text()
    cells = Cells()
    cells.feed(page)
    best = History.read(project / "var/runs/wide/metrics.json").best.valid["accuracy"]
    assert {"wide", "<narrow>", "4,810", f"{best:.4f}", "hidden", "trainer.epochs"} <= set(
        cells.texts
    )
    assert "trainer.seed" not in cells.texts
    assert "<narrow>" not in page


def test_compare_tells_apart_runs_of_the_same_name(project: Path) -> None:
    run("train", "digits", "--run", "one/digits", "--set", "epochs=1")
    run("train", "digits", "--run", "two/digits", "--set", "epochs=1")
    output = run("compare", "one/digits", "two/digits").output
    assert "one/digits" in output
    assert "two/digits" in output


def test_a_stopped_run_says_how_to_go_on_and_goes_on(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from praktikum.engine.logging.scalars import Scalars

    calls: list[int] = []

    def press(self: Scalars, fit: Any, step: Any) -> None:
        calls.append(1)
        if len(calls) == 13:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Scalars, "batch_ends", press)
    stopped = run("train", "digits", "--set", "hidden=16")
    assert stopped.exit_code == 130
    assert "stopped at epoch 2, batch 3 of 10" in stopped.stderr
    assert "Go on with: praktikum train digits --resume" in stopped.stderr
    resumed = run("train", "digits", "--resume")
    assert resumed.exit_code == 0
    assert len(calls) == 30
    history = History.read(project / "var/runs/digits/metrics.json")
    assert (len(history.epochs), history.n_parameters) == (3, 64 * 16 + 16 + 16 * 10 + 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "nothing"], "there is no configs/nothing.toml here or above; found digits"),
        (["train", "digits", "--set", "hiden=3"], "there is no such key; did you mean hidden?"),
        (["train", "digits", "--config", "no.toml"], "no.toml: cannot be read: No such file"),
        (["evaluate", "var/none"], "var/none holds no run: there is no config.toml"),
        (["compare", "var/none"], "var/none/metrics.json: cannot be read: No such file"),
        (["compare", "a", "a"], "a run is given twice"),
    ],
)
def test_a_mistake_is_one_line(project: Path, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("praktikum: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_run_is_not_overwritten(project: Path) -> None:
    run("train", "digits", "--set", "epochs=1")
    before = (project / "var/runs/digits/config.toml").read_text()
    result = run("train", "digits", "--set", "epochs=2")
    assert result.exit_code == 1
    assert "var/runs/digits holds a run already" in result.stderr
    assert (project / "var/runs/digits/config.toml").read_text() == before


def test_a_recipe_without_test_data_says_so(project: Path) -> None:
    run("train", "digits", "--set", "epochs=1", "--set", "tested=false")
    result = run("evaluate", "var/runs/digits")
    assert result.exit_code == 1
    assert "the recipe has no test data" in result.stderr


@pytest.mark.parametrize("verb", ["train", "evaluate", "compare"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    result = run(verb, "--help")
    assert result.exit_code == 0
    assert f"Example: praktikum {verb} " in " ".join(result.output.split())


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_of_the_room_is_found_by_its_name(name: str) -> None:
    assert "trainer" in field_types(find_recipe(name).config)
