"""The trainer's overhead: `Trainer.fit` against the same training written as a plain loop.

    python benchmarks/trainer.py [--rounds 5]

Both sides train the same network from the same weights on the same batches with AdamW, measure
the loss and one metric of each batch, validate and keep the last weights. Ours runs as users run
it: scalars to TensorBoard, a checkpoint and the best weights after the epoch. The progress bar is
off, since there may be no terminal, and so is the report, which is drawn once a run (about a
tenth of a second for each value). The plain loop does none of that. Two sizes:

1. small: a perceptron on digits, whose batch takes a millisecond or so, to see the cost of a batch;
2. convolutional: a network whose batch takes as long as those that the settings are made for.

Sides take turns in every round, one thread each, and the least and the median of the ratios over
rounds are printed. What the trainer costs is what it adds to a batch, in microseconds, and per
epoch; the bar of 1.05 is for the second size.

On one core of a Xeon with AVX-512, torch 2.13: 0.97 for the small size (the trainer's AdamW is the
fused one, which makes up for what logging costs), 1.01 to 1.06 for the convolutional one.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from praktikum.cli.memory import keep_big_blocks
from praktikum.engine import LoggingSettings, OptimiserSettings, Step, Trainer, TrainerSettings

BAR = 1.05
LR = 1e-3


@dataclass(frozen=True)
class Work:
    """A model and data of one size."""

    name: str
    make_model: Callable[[], nn.Module]
    shape: tuple[int, ...]
    batch_size: int
    batches: int

    def loader(self, seed: int, batches: int) -> DataLoader[tuple[Tensor, ...]]:
        """Return random images with random labels of ten classes."""
        generator = torch.Generator().manual_seed(seed)
        n = batches * self.batch_size
        images = torch.randn(n, *self.shape, generator=generator)
        labels = torch.randint(10, (n,), generator=generator)
        return DataLoader(TensorDataset(images, labels), self.batch_size, shuffle=True)


def perceptron() -> nn.Module:
    """Return a network whose batch takes about a millisecond."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def convolutional() -> nn.Module:
    """Return a network whose batch takes some hundreds of milliseconds."""
    layers: list[nn.Module] = []
    for n_in, n_out in ((3, 32), (32, 64), (64, 128)):
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU()]
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


WORKS = (
    Work("small", perceptron, (1, 28, 28), batch_size=64, batches=200),
    Work("convolutional", convolutional, (3, 96, 96), batch_size=8, batches=12),
)


def classify(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
    """Return the cross-entropy and the accuracy."""
    images, labels = batch
    logits = model(images)
    loss = nn.functional.cross_entropy(logits, labels)
    return Step(loss, len(labels), {"accuracy": (logits.argmax(1) == labels).float().mean()})


def by_trainer(work: Work, train: DataLoader[tuple[Tensor, ...]], valid: DataLoader) -> None:
    """Train for an epoch by `Trainer.fit`, in a folder of its own."""
    torch.manual_seed(0)
    settings = TrainerSettings(
        epochs=1,
        optimiser=OptimiserSettings("adamw", lr=LR),
        logging=LoggingSettings(progress=False, report=False),
    )
    with tempfile.TemporaryDirectory() as folder:
        Trainer(settings, Path(folder)).fit(work.make_model(), train, valid, classify)


def by_hand(work: Work, train: DataLoader[tuple[Tensor, ...]], valid: DataLoader) -> None:
    """Train for an epoch by the loop that one writes without a trainer."""
    torch.manual_seed(0)
    model = work.make_model()
    optimiser = torch.optim.AdamW(model.parameters(), lr=LR)
    losses, accuracies = [], []
    model.train()
    for images, labels in train:
        optimiser.zero_grad()
        logits = model(images)
        loss = nn.functional.cross_entropy(logits, labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        accuracies.append((logits.argmax(1) == labels).float().mean().item())
    model.eval()
    with torch.no_grad():
        for images, labels in valid:
            losses.append(nn.functional.cross_entropy(model(images), labels).item())
    with tempfile.TemporaryDirectory() as folder:
        torch.save(model.state_dict(), Path(folder) / "model.pt")


def measure(work: Work, rounds: int) -> None:
    """Print the ratio of the sides' times."""
    train, valid = work.loader(0, work.batches), work.loader(1, max(1, work.batches // 10))
    sides = {"trainer": by_trainer, "by hand": by_hand}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, side in sides.items():
            start = time.perf_counter()
            side(work, train, valid)
            if turn:  # the first turn is for what is done once
                seconds[name].append(time.perf_counter() - start)
    ours, plain = (min(seconds[name]) for name in sides)
    ratios = [a / b for a, b in zip(*seconds.values(), strict=True)]
    bar = f", bar {BAR}" if work.name == "convolutional" else ""
    print(
        f"{work.name}: {plain / work.batches * 1e3:.2f} ms a batch by hand; trainer / by hand "
        f"{ours / plain:.3f} of the least times, {statistics.median(ratios):.3f} median of "
        f"rounds{bar}; {(ours - plain) / work.batches * 1e6:+.0f} µs a batch"
    )


def main() -> None:
    """Read the number of rounds, measure both sizes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each size")
    rounds = parser.parse_args().rounds
    keep_big_blocks()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread")
    for work in WORKS:
        measure(work, rounds)


if __name__ == "__main__":
    main()
