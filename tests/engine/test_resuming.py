"""A run that was stopped, at any moment and in any way, ends as if it had not been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    RandomSampler,
    Subset,
    WeightedRandomSampler,
)

from praktikum.engine import (
    CheckpointError,
    Fit,
    Interrupted,
    Listener,
    ScheduleSettings,
    Step,
    load_checkpoint,
)
from praktikum.engine.order import epoch_batches
from praktikum.engine.processes import OneProcess

KILLED_RUN = Path(__file__).with_name("killed_run.py")


def equal(first: Any, second: Any) -> bool:
    """Return whether two checkpoints are the same to the last bit."""
    if isinstance(first, Tensor):
        return torch.equal(first, second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(equal(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(equal, first, second))
    return bool(first == second)


def without_times(state: dict[str, Any]) -> dict[str, Any]:
    epochs = [{**row, "seconds": 0} for row in state["epochs"]]
    return {**state, "epochs": epochs, "seconds": 0}


def kill_and_compare(folder: Path, seed: int, kills: int, mode: str) -> int:
    """Run `killed_run`; return how often it was killed, and hold its end against the whole run."""
    done = subprocess.run(
        [sys.executable, str(KILLED_RUN), str(folder), str(seed), str(kills), mode],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    whole, killed = (load_checkpoint(folder / run / "last.pt") for run in ("whole", "killed"))
    assert equal(without_times(whole), without_times(killed))
    best = [load_checkpoint(folder / run / "best.pt") for run in ("whole", "killed")]
    assert equal(*best)
    metrics = [
        json.loads((folder / run / "metrics.json").read_text()) for run in ("whole", "killed")
    ]
    assert len(metrics[0]["epochs"]) == len(metrics[1]["epochs"]) == 3
    assert not list((folder / "killed").glob(".*"))
    return int(done.stdout)


def test_a_run_killed_at_random_moments_ends_with_the_same_bits(tmp_path: Path) -> None:
    assert kill_and_compare(tmp_path, seed=1, kills=4, mode="adamw") >= 1


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["adamw", "sgd", "fp16"])
@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_very_often_ends_with_the_same_bits(
    tmp_path: Path, seed: int, mode: str
) -> None:
    assert kill_and_compare(tmp_path, seed, kills=25, mode=mode) >= 3


class CtrlC(Listener):
    """Presses Ctrl-C after a number of batches, or in the validation after them."""

    def __init__(self, batches: int) -> None:
        self.batches = batches

    def batch_ends(self, fit: Fit, step: Step) -> None:
        if fit.batches_seen == self.batches:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("batches", "place"), [(7, "epoch 2, batch 2 of 5"), (5, "epoch 1, batch 5 of 5")]
)
def test_ctrl_c_saves_and_the_run_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, digits: Any, batches: int, place: str
) -> None:
    falling = {"schedule": ScheduleSettings("cosine")}
    whole, expected = digits.fit(tmp_path / "whole", **falling)
    with pytest.raises(Interrupted, match=f"stopped at {place}; all is saved in .*last.pt"):
        digits.fit(tmp_path / "stopped", listeners=[CtrlC(batches)], **falling)
    history, model = digits.fit(tmp_path / "stopped", resume=True, **falling)
    assert equal(model.state_dict(), expected.state_dict())
    for mine, other in zip(history.epochs, whole.epochs, strict=True):
        assert replace(mine, seconds=0) == replace(other, seconds=0)


def test_ctrl_c_in_the_validation_loses_no_training(tmp_path: Path, digits: Any) -> None:
    classify = digits.fit.__globals__["classify"]
    calls = []

    def pressing(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
        calls.append(model.training)
        if calls.count(False) == 2:
            signal.raise_signal(signal.SIGINT)
        step: Step = classify(model, batch)
        return step

    _, expected = digits.fit(tmp_path / "whole", ema_decay=0.5)
    with pytest.raises(Interrupted):
        digits.fit(tmp_path / "stopped", ema_decay=0.5, objective=pressing)
    _, model = digits.fit(tmp_path / "stopped", ema_decay=0.5, resume=True)
    assert equal(model.state_dict(), expected.state_dict())


def test_what_validation_draws_leaves_no_trace_in_training(tmp_path: Path, digits: Any) -> None:
    classify = digits.fit.__globals__["classify"]

    def drawing(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
        if not model.training:
            torch.rand(3)
        step: Step = classify(model, batch)
        return step

    _, expected = digits.fit(tmp_path / "plain")
    _, model = digits.fit(tmp_path / "drawing", objective=drawing)
    assert equal(model.state_dict(), expected.state_dict())


def test_ctrl_c_pressed_again_stops_at_once(tmp_path: Path, digits: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        digits.fit(tmp_path, listeners=[CtrlC(7), CtrlC(7)])
    assert load_checkpoint(tmp_path / "last.pt")["position"]["epoch"] == 1


def test_ctrl_c_works_as_before_after_the_run(tmp_path: Path, digits: Any) -> None:
    before = signal.getsignal(signal.SIGINT)
    digits.fit(tmp_path, epochs=1)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_torn_checkpoint_is_refused_by_its_name(tmp_path: Path, digits: Any) -> None:
    digits.fit(tmp_path, epochs=1)
    last = tmp_path / "last.pt"
    last.write_bytes(last.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=r"last\.pt: is damaged or no checkpoint"):
        digits.fit(tmp_path, epochs=2, resume=True)


def test_a_failed_save_leaves_the_old_checkpoint(
    tmp_path: Path, digits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits.fit(tmp_path, epochs=1)
    before = (tmp_path / "last.pt").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        digits.fit(tmp_path, epochs=2, resume=True)
    assert (tmp_path / "last.pt").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_run_with_other_batches_is_not_continued(tmp_path: Path, digits: Any) -> None:
    digits.fit(tmp_path, epochs=1)
    with pytest.raises(CheckpointError, match="its epochs have 5 batches, now they have 10"):
        digits.fit(tmp_path, epochs=2, batch_size=32, resume=True)


def test_a_run_with_another_model_is_not_continued(tmp_path: Path, digits: Any) -> None:
    digits.fit(tmp_path, epochs=1)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    with pytest.raises(CheckpointError, match="cannot be continued by this run"):
        digits.fit(tmp_path, model, epochs=2, resume=True)


class Augmented(Dataset[tuple[int, int]]):
    """Examples that say which epoch they are drawn for."""

    epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> tuple[int, int]:
        return self.epoch, index


def batches(loader: DataLoader[Any], epoch: int = 2, start: int = 0, seed: int = 7) -> list[Any]:
    return [
        [t.tolist() for t in b] for b in epoch_batches(loader, seed, epoch, start, OneProcess())
    ]


def own_batches() -> BatchSampler:
    return BatchSampler(RandomSampler(Augmented(), generator=torch.Generator()), 3, False)


@pytest.mark.parametrize(
    "loader",
    [
        DataLoader(Augmented(), 3, shuffle=True),
        DataLoader(Augmented(), 3, shuffle=True, generator=torch.Generator()),
        DataLoader(Augmented(), 3, sampler=WeightedRandomSampler([1.0] * 10, 10)),
        DataLoader(Augmented(), 3, shuffle=True, num_workers=2),
        DataLoader(Augmented(), batch_sampler=own_batches()),
    ],
    ids=["shuffle", "generator", "weighted", "workers", "own batches"],
)
def test_an_epoch_begun_in_the_middle_is_the_rest_of_the_whole(loader: DataLoader[Any]) -> None:
    whole = batches(loader)
    assert batches(loader, start=2) == whole[2:]
    assert batches(loader, epoch=3) != whole
    assert batches(loader, seed=8) != whole


def test_the_epoch_is_told_to_the_dataset_inside(tmp_path: Path) -> None:
    loader = DataLoader(Subset(Augmented(), range(4)), 2, num_workers=1)
    assert batches(loader, epoch=5)[0][0] == [5, 5]


def test_the_order_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    batches(DataLoader(Augmented(), 3, shuffle=True))
    assert torch.equal(torch.get_rng_state(), before)
