"""What ``last.pt`` holds: all of a run in progress that the next batch depends on.

The model, the optimiser, the schedule, the loss's scaler, the average of the weights, the random
states, the position in the data, the averages of the present epoch, and the epochs that are done.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from praktikum.engine.checkpoint import load_checkpoint, save_checkpoint
from praktikum.engine.errors import CheckpointError, NonFiniteError
from praktikum.engine.fit import Fit
from praktikum.engine.history import EpochResult
from praktikum.engine.seeds import random_state, restore_random_state
from praktikum.engine.updater import Updater

__all__ = ["load_run", "save_run"]


def save_run(path: Path, fit: Fit, updater: Updater, seconds: float) -> None:
    """Write the state of a run whose present epoch has taken ``seconds``.

    Raises:
        NonFiniteError: a weight is NaN or infinite; what stood at ``path`` before still stands.
    """
    weights = fit.model.state_dict()
    for name, value in weights.items():
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise NonFiniteError(
                f"{name} has elements that are not finite after {fit.place}; try a lower lr, a "
                f"warm-up or clip_norm. It was not saved to {path}"
            )
    state = {
        "model": weights,
        **updater.state_dict(),
        "random": random_state(),
        "position": {"epoch": fit.epoch, "batch": fit.batch, "update": fit.update},
        "batches_per_epoch": fit.batches_per_epoch,
        "lr": fit.lr,
        "averages": fit.averages.state_dict(),
        "epochs": [asdict(epoch) for epoch in fit.epochs],
        "seconds": seconds,
    }
    save_checkpoint(path, state)


def load_run(path: Path, fit: Fit, updater: Updater) -> float:
    """Put a saved state into a run, and return the seconds that its present epoch has taken.

    Raises:
        CheckpointError: it is missing, damaged, or of a run with another model or other data.
    """
    state = load_checkpoint(path)
    try:
        return _restore(state, fit, updater)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path}: cannot be continued by this run: {error}") from error


def _restore(state: dict[str, Any], fit: Fit, updater: Updater) -> float:
    if state["batches_per_epoch"] != fit.batches_per_epoch:
        raise ValueError(
            f"its epochs have {state['batches_per_epoch']} batches, "
            f"now they have {fit.batches_per_epoch}"
        )
    fit.model.load_state_dict(state["model"])
    updater.load_state_dict(state)
    position = state["position"]
    fit.epoch, fit.batch, fit.update = position["epoch"], position["batch"], position["update"]
    fit.averages.load_state_dict(state["averages"])
    fit.epochs = [EpochResult(**row) for row in state["epochs"]]
    fit.lr = state["lr"]
    restore_random_state(state["random"])
    return float(state["seconds"])
