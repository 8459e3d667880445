"""U-Net through the Trainer against the same model in a hand-written eager loop.

    python benchmarks/segmentation.py [--rounds 3] [--course] [--variants]

Batches of 8 images of 3×320×240, the settings of configs/segmentation-small.toml, one thread, and
malloc as `praktikum train` sets it, on both sides. A training step is everything from one batch to
the next: loading, forward, loss, backward, clipping, optimiser, schedule; the Trainer also measures
IoU and logs as `small` does. Inference is the logits and the IoU of each batch. Sides take turns in
every round; medians of the times and of the rounds' ratios are shown.

--course    the U-Net of the course, 3 blocks, 2,067,649 parameters, instead of small's; minutes
--variants  one image: what channels-last, bf16 and torch.compile each give against plain eager

On one core of a Xeon with AVX-512, torch 2.13, of small's network, seven rounds:

    s a batch of 8       Trainer   by hand   ratio    bar
    training step          2.635     2.785    0.92   1.05
    inference              0.834     0.827    1.00   1.05

    against eager     training  inference    first, s
    channels-last         0.93       0.83         0.3
    bf16 autocast         1.28       1.38         0.6     there are no matrix units for it
    torch.compile         0.73       0.62        42.5

With tiny models the ratio of inference says little: `Trainer.evaluate` checks the loader, fixes its
order and puts random states back, which takes a millisecond a call, and 0.1 ms a batch.
Without the setting of malloc the step by hand takes 3.3 s instead of 2.4 s.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from praktikum.cli.memory import keep_big_blocks
from praktikum.engine import Listener, Trainer, TrainerSettings
from praktikum.engine.logging.settings import LoggingSettings
from praktikum.recipes.config import read_config
from praktikum.recipes.segmentation import SegmentationConfig, SegmentationObjective
from praktikum.vision.segmentation_losses import BCEDiceLoss
from praktikum.vision.segmentation_metrics import IoUScore
from praktikum.vision.unet import UNet

SMALL = Path(__file__).parents[1] / "configs" / "segmentation-small.toml"
BATCH, BATCHES, HEIGHT, WIDTH, BAR = 8, 2, 320, 240, 1.05
Batch = tuple[Tensor, Tensor]


class BatchClock(Listener):
    """Notes when batches begin and end."""

    def __init__(self) -> None:
        self.start, self.end = 0.0, 0.0

    def batch_begins(self, fit: object) -> None:  # noqa: ARG002 (the listener's form)
        """Note the beginning of the first batch."""
        self.start = self.start or time.perf_counter()

    def batch_ends(self, fit: object, step: object) -> None:  # noqa: ARG002
        """Note the end of the last batch so far."""
        self.end = time.perf_counter()


def make_loader(images: int, batch: int) -> DataLoader:
    """Return a loader of random images and masks."""
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randn(images, 3, HEIGHT, WIDTH, generator=generator)
    masks = (torch.rand(images, 1, HEIGHT, WIDTH, generator=generator) > 0.7).float()
    return DataLoader(TensorDataset(pictures, masks), batch_size=batch)


def trainer_step(model: nn.Module, config: SegmentationConfig, loader: DataLoader) -> float:
    """Return the seconds of a training step through the Trainer."""
    settings = replace(config.trainer, epochs=1)
    clock = BatchClock()
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(settings, Path(folder), [clock])
        objective = SegmentationObjective(config.bce_weight, config.dice_weight)
        trainer.fit(model, loader, make_loader(1, 1), objective)
    return (clock.end - clock.start) / len(loader)


def eager_step(model: nn.Module, config: SegmentationConfig, loader: DataLoader) -> float:
    """Return the seconds of a training step as one writes it by hand."""
    settings: TrainerSettings = config.trainer
    loss_of = BCEDiceLoss(config.bce_weight, config.dice_weight)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=settings.optimiser.lr, weight_decay=settings.optimiser.decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.optimiser.lr, total_steps=len(loader) + 1
    )
    model.train()
    batches = iter(loader)
    batch = next(batches, None)
    start = time.perf_counter()
    while batch is not None:
        images, masks = batch
        optimiser.zero_grad()
        loss = loss_of(model(images), masks)
        loss.backward()
        if settings.clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimiser.step()
        schedule.step()
        loss.item()
        batch = next(batches, None)
    return (time.perf_counter() - start) / len(loader)


def trainer_inference(model: nn.Module, config: SegmentationConfig, loader: DataLoader) -> float:
    """Return the seconds of a batch of `Trainer.evaluate`."""
    objective = SegmentationObjective(config.bce_weight, config.dice_weight)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config.trainer, Path(folder))
        start = time.perf_counter()
        trainer.evaluate(model, loader, objective)
        return (time.perf_counter() - start) / len(loader)


def eager_inference(model: nn.Module, config: SegmentationConfig, loader: DataLoader) -> float:
    """Return the seconds of a batch of a loop without gradients."""
    del config
    score, scores = IoUScore(None), []
    model.eval()
    start = time.perf_counter()
    with torch.no_grad():
        for images, masks in loader:
            scores.append(score(model(images), masks))
        torch.cat(scores).mean().item()
    return (time.perf_counter() - start) / len(loader)


def compare(config: SegmentationConfig, model: nn.Module, rounds: int) -> None:
    """Measure and print both sides of training and of inference."""
    loader = make_loader(BATCH * BATCHES, BATCH)
    works: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
        "training step": (trainer_step, eager_step),
        "inference": (trainer_inference, eager_inference),
    }
    print(f"{'s a batch of 8':<18}{'Trainer':>10}{'by hand':>10}{'ratio':>8}{'bar':>7}")
    for name, (ours, by_hand) in works.items():
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 1):
            pair = [side(model, config, loader) for side in (ours, by_hand)]
            if turn:  # the first round warms up
                for taken, seconds in zip(times, pair, strict=True):
                    taken.append(seconds)
        our_time, their_time = (statistics.median(taken) for taken in times)
        ratio = statistics.median(a / b for a, b in zip(*times, strict=True))
        print(f"{name:<18}{our_time:>10.3f}{their_time:>10.3f}{ratio:>8.2f}{BAR:>7.2f}")


def seconds_of(work: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of a call after one that warms up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare_variants(model: nn.Module, rounds: int) -> None:
    """Measure and print what each way of running gives on one image."""
    images, masks = next(iter(make_loader(1, 1)))
    loss_of = BCEDiceLoss()

    def timed(name: str, module: nn.Module, pictures: Tensor, bf16: bool = False) -> None:
        def logits() -> Tensor:
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                return module(pictures)

        def step() -> None:
            model.zero_grad()
            loss_of(logits().float(), masks).backward()

        start = time.perf_counter()
        step()
        first = time.perf_counter() - start
        training = seconds_of(step, rounds)
        with torch.no_grad():
            inference = seconds_of(logits, rounds)
        baseline.setdefault("training", training)
        baseline.setdefault("inference", inference)
        print(
            f"{name:<16}{training / baseline['training']:>10.2f}"
            f"{inference / baseline['inference']:>11.2f}{first:>12.1f}",
            flush=True,
        )

    baseline: dict[str, float] = {}
    print(f"\n{'against eager':<16}{'training':>10}{'inference':>11}{'first, s':>12}")
    timed("eager", model, images)
    model.to(memory_format=torch.channels_last)
    timed("channels-last", model, images.contiguous(memory_format=torch.channels_last))
    model.to(memory_format=torch.contiguous_format)
    timed("bf16 autocast", model, images, bf16=True)
    timed("torch.compile", torch.compile(model), images)


def main() -> None:
    """Read the options, run what they ask for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--course", action="store_true", help="the U-Net of 2,067,649 parameters")
    parser.add_argument("--variants", action="store_true", help="channels-last, bf16, compile")
    options = parser.parse_args()
    keep_big_blocks()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = read_config(SMALL).values
    assert isinstance(config, SegmentationConfig)
    quiet = LoggingSettings(progress=False)
    config = replace(config, trainer=replace(config.trainer, logging=quiet))
    small = config.model
    model = UNet()
    if not options.course:
        model = UNet(num_blocks=small.num_blocks, width=small.width, batch_norm=small.batch_norm)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"torch {torch.__version__}, U-Net of {count:,} parameters, 3×{HEIGHT}×{WIDTH}")
    if options.variants:
        compare_variants(model, options.rounds)
    else:
        compare(config, model, options.rounds)


if __name__ == "__main__":
    main()
