"""A training that is killed again and again until it is done; run by `test_resuming`.

    python killed_run.py FOLDER SEED KILLS MODE

Trains once without a stop in FOLDER/whole, then in FOLDER/killed: there each attempt is a forked
child, killed by SIGKILL at a random moment, KILLS times; then one is left to finish. A child has
the imports of its parent, so that the moments fall into the training, and makes model and data
anew; the state of its global generators is whatever the parent's is. Everything that
could break a resumed run is in it: shuffling, dropout, batch normalisation, draws from the three
global generators in the data, accumulation over an uneven last window, momentum, a schedule, the
average of the weights, and in MODE fp16 a scaled loss.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from praktikum.engine import (
    History,
    LoggingSettings,
    OptimiserSettings,
    ScheduleSettings,
    Step,
    Trainer,
    TrainerSettings,
)

IMAGES, LABELS = load_digits(return_X_y=True)


class Noisy(Dataset[tuple[Tensor, int]]):
    """Digits with noise from the global generators of Python, NumPy and torch."""

    def __len__(self) -> int:
        return 330

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = torch.tensor(IMAGES[index] / 16, dtype=torch.float32).view(1, 8, 8)
        shift = random.random() + float(np.random.rand())  # noqa: NPY002 (the global state is meant)
        noise = (torch.randn(1, 8, 8) + shift) / 10
        return image + noise, int(LABELS[index])


def classify(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
    loss = nn.functional.cross_entropy(model(batch[0]), batch[1])
    return Step(loss, len(batch[1]))


def train(run_dir: Path, mode: str) -> History:
    """Train in a folder, from its checkpoint if there is one."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(216, 10),
    )
    settings = TrainerSettings(
        epochs=3,
        accumulate=2,
        clip_norm=1.0,
        ema_decay=0.9,
        precision="fp16" if mode == "fp16" else "fp32",
        checkpoint_every=3,
        optimiser=OptimiserSettings("sgd" if mode == "sgd" else "adamw", lr=0.02),
        schedule=ScheduleSettings("cosine", warmup=0.1),
        logging=LoggingSettings(progress=False, report=False),
    )
    valid = TensorDataset(
        torch.tensor(IMAGES[400:500] / 16, dtype=torch.float32).view(-1, 1, 8, 8),
        torch.tensor(LABELS[400:500]),
    )
    return Trainer(settings, run_dir).fit(
        model,
        DataLoader(Noisy(), 30, shuffle=True),  # 11 batches: the last window is of one
        DataLoader(valid, 50),
        classify,
        resume=True,
    )


def attempt(run_dir: Path, mode: str, seconds: float | None) -> bool:
    """Train in a child, killed after ``seconds``; return whether it came to the end."""
    child = os.fork()
    if child == 0:
        train(run_dir, mode)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("the training failed")
    return not os.WIFSIGNALED(status)


def main() -> None:
    folder, seed, kills, mode = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(1)  # a forked child may not use threads that its parent has used
    history = train(folder / "whole", mode)
    whole = len(history.epochs) * history.epochs[-1].seconds  # the first one's has imports in it
    rng = random.Random(seed)
    killed = 0
    for _ in range(kills):
        if attempt(folder / "killed", mode, rng.uniform(0, whole / 4)):
            break
        killed += 1
    attempt(folder / "killed", mode, None)
    print(killed)


if __name__ == "__main__":
    main()
