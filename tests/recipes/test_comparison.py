"""A run beside simpler methods, in its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from praktikum.engine import History, RunFolder, Step
from praktikum.recipes import run
from praktikum.recipes.config import read_config
from praktikum.recipes.registry import Assembly

CONFIG = """
recipe = "classification"
[trainer]
epochs = 3
optimiser = {name = "sgd", lr = 10.0}
[trainer.logging]
progress = false
scalars = false
hyperparameters = false
"""


def loader(*targets: float) -> DataLoader[Any]:
    return DataLoader(TensorDataset(torch.tensor(targets)[:, None]), batch_size=4)


class Constant(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(1))


def squares(model: nn.Module, batch: list[torch.Tensor]) -> Step:
    residual = batch[0] - model.value
    return Step(residual.square().mean(), len(residual))


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[RunFolder, History]:
    """A run that diverges from its first epoch on, so that its best weights are not its last."""

    def assemble(_config: Any, _run_dir: Path) -> Assembly:
        def compare(reached: Any) -> Any:
            return {"this run": reached, "zero": {"loss": 4.0, "spread": 0.5}}

        parts = (loader(1.0, 3.0), loader(2.0), squares, loader(2.0))
        return Assembly(Constant(), *parts, compare=compare)

    monkeypatch.setattr(run, "_assemble", assemble)
    (tmp_path / "config.toml").write_text(CONFIG)
    folder = RunFolder(tmp_path / "run")
    return folder, run.train_run(read_config(tmp_path / "config.toml"), folder.path)


def test_the_report_sets_the_best_weights_beside_simpler_methods(
    trained: tuple[RunFolder, History],
) -> None:
    folder, history = trained
    assert history.best.epoch == 1
    reached = history.best.valid["loss"]  # the test data of this run are its validation data
    table = f"| method | loss | spread |\n|---|---|---|\n| this run | {reached:.4f} |  |\n"
    assert table + "| zero | 4.0000 | 0.5000 |\n" in folder.report.read_text()


def test_the_figures_are_kept_as_json(trained: tuple[RunFolder, History]) -> None:
    folder, history = trained
    comparison = json.loads(folder.comparison.read_text())
    assert comparison["this run"] == pytest.approx(dict(history.best.valid))
    assert comparison["zero"] == {"loss": 4.0, "spread": 0.5}
