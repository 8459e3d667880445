"""A small training on scikit-learn's digits: what the tests of the loop train."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from praktikum.engine import (
    History,
    LoggingSettings,
    OptimiserSettings,
    Step,
    Trainer,
    TrainerSettings,
)

QUIET = LoggingSettings(
    progress=False, scalars=False, hyperparameters=False, pictures=False, report=False
)

FAST = OptimiserSettings(lr=0.02)


def make_model(seed: int = 0) -> nn.Sequential:
    """Return a small convolutional network with dropout and batch normalisation."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(4),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(32, 10),
    )


def classify(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
    """Return the cross-entropy and the accuracy."""
    images, labels = batch
    logits = model(images)
    loss = nn.functional.cross_entropy(logits, labels)
    return Step(loss, len(labels), {"accuracy": (logits.argmax(1) == labels).float().mean()})


@dataclass(frozen=True)
class Digits:
    """300 digits to train on and 100 to validate on."""

    train: TensorDataset
    valid: TensorDataset

    def fit(
        self, run_dir: Path, model: nn.Module | None = None, batch_size: int = 64, **values: Any
    ) -> tuple[History, nn.Module]:
        """Train with settings of the given values; `trainer` and `resume` go where they belong."""
        model = make_model() if model is None else model
        fit = {
            key: values.pop(key) for key in ("resume", "objective", "illustrate") if key in values
        }
        given = {key: values.pop(key) for key in ("listeners",) if key in values}
        settings = TrainerSettings(**({"epochs": 2, "logging": QUIET, "optimiser": FAST} | values))
        history = Trainer(settings, run_dir, **given).fit(
            model,
            DataLoader(self.train, batch_size, shuffle=True),
            DataLoader(self.valid, 30),
            fit.pop("objective", classify),
            **fit,
        )
        return history, model


@pytest.fixture(scope="session")
def digits() -> Digits:
    """The digits, from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    X = torch.tensor(images / 16, dtype=torch.float32).view(-1, 1, 8, 8)
    y = torch.tensor(labels)
    return Digits(TensorDataset(X[:300], y[:300]), TensorDataset(X[300:400], y[300:400]))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Keep torch on one thread: the machine may have others to serve."""
    torch.set_num_threads(1)


@pytest.fixture
def fresh_model() -> Callable[[int], nn.Sequential]:
    """Return the function that makes the model."""
    return make_model
