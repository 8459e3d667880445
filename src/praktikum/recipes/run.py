"""A training run by its config: train it, evaluate it later from its folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from praktikum.audio.errors import AudioError
from praktikum.data.errors import DataError
from praktikum.engine import (
    EngineError,
    History,
    Listener,
    RunError,
    RunFolder,
    Trainer,
    load_weights,
)
from praktikum.engine.report import write_report
from praktikum.engine.run_folder import write_whole
from praktikum.engine.seeds import seed_everything
from praktikum.recipes.config import ConfigError, RunConfig, read_config, write_config
from praktikum.recipes.registry import Assembly, find_recipe
from praktikum.sequence import SequenceError
from praktikum.text.errors import TextError
from praktikum.vision.errors import SettingError, WeightsError

__all__ = ["REFUSALS", "evaluate_run", "train_run"]

REFUSALS: tuple[type[Exception], ...] = (
    AudioError,
    ConfigError,
    DataError,
    EngineError,
    SequenceError,
    SettingError,
    TextError,
    WeightsError,
    OSError,
)
"""What a run raises for bad input: a caller tells these in a line; all else is our mistake."""


def train_run(
    config: RunConfig, run_dir: Path, *, resume: bool = False, listeners: Sequence[Listener] = ()
) -> History:
    """Train what a config says in ``run_dir``; the report has the recipe's comparison, if any.

    Raises:
        EngineError: see `Trainer.fit`.
    """
    folder = RunFolder(run_dir)
    if not resume:
        folder.check_free()
    write_config(folder.config, config)
    assembly = _assemble(config, run_dir)
    history = Trainer(config.values.trainer, run_dir, (*assembly.listeners, *listeners)).fit(
        assembly.model,
        assembly.train,
        assembly.valid,
        assembly.objective,
        parameters=assembly.parameters,
        illustrate=assembly.illustrate,
        resume=resume,
    )
    if assembly.compare is not None:
        comparison = assembly.compare(_evaluated(config, folder, assembly))
        write_whole(folder.comparison, json.dumps(comparison, indent=2))
        if config.values.trainer.logging.report:
            write_report(folder, history, comparison)
    return history


def evaluate_run(run_dir: Path, *, last: bool = False, valid: bool = False) -> dict[str, float]:
    """Return what the weights of a run reach; write it to ``evaluation.json`` and the report.

    Args:
        run_dir: the run's folder.
        last: take the weights of the last epoch instead of the best one's.
        valid: evaluate on the validation data instead of the test data.

    Raises:
        RunError: the run's recipe has no test data, or the folder holds no run.
    """
    folder = RunFolder(run_dir)
    if not folder.config.exists():
        raise RunError(f"{run_dir} holds no run: there is no {folder.config.name}")
    config = read_config(folder.config)
    means = _evaluated(config, folder, _assemble(config, run_dir), last=last, valid=valid)
    if folder.report.exists():
        kept = folder.comparison
        comparison = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
        write_report(folder, History.read(folder.metrics), comparison)
    return means


def _evaluated(
    config: RunConfig,
    folder: RunFolder,
    assembly: Assembly,
    *,
    last: bool = False,
    valid: bool = False,
) -> dict[str, float]:
    """Do what `evaluate_run` does with a training that has been assembled."""
    loader = assembly.valid if valid else assembly.test
    if loader is None:
        raise RunError(f"{folder.path}: the recipe has no test data; take the validation data")
    load_weights(folder.last if last else folder.best, assembly.model)
    trainer = Trainer(config.values.trainer, folder.path)
    means = trainer.evaluate(assembly.model, loader, assembly.judge or assembly.objective)
    what = {"weights": "last" if last else "best", "data": "valid" if valid else "test"}
    write_whole(folder.evaluation, json.dumps(what | {"means": means}, indent=2))
    return means


def _assemble(config: RunConfig, run_dir: Path) -> Assembly:
    """Return the training, the same each time: random draws start from the config's seed."""
    seed_everything(config.values.trainer.seed)
    return find_recipe(config.recipe).assemble(config.values, run_dir)
