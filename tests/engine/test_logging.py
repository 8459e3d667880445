"""TensorBoard's events and the progress bar, read back as a viewer reads them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import nn

from praktikum.engine import Example, Fit, Listener, LoggingSettings, Step
from praktikum.engine.logging.layers import as_picture
from praktikum.engine.logging.probe import Probe
from praktikum.engine.logging.progress import ProgressBar

KINDS = ["scalars", "images", "histograms"]
OFF = dict.fromkeys(["progress", "scalars", "hyperparameters", "pictures", "report"], False)


def events(run_dir: Path) -> EventAccumulator:
    accumulator = EventAccumulator(str(run_dir), size_guidance=dict.fromkeys(KINDS, 0))
    return accumulator.Reload()


def log(digits: Any, run_dir: Path, **switches: Any) -> EventAccumulator:
    digits.fit(run_dir, logging=LoggingSettings(**(OFF | switches)))
    return events(run_dir)


def test_scalars_are_written_per_batch_and_per_epoch(digits: Any, tmp_path: Path) -> None:
    history, _ = digits.fit(tmp_path, logging=LoggingSettings(**(OFF | {"scalars": True})))
    board = events(tmp_path)
    assert [event.step for event in board.Scalars("batch/loss")] == list(range(1, 11))
    assert {"batch/accuracy", "batch/lr"} <= set(board.Tags()["scalars"])
    for part in ("train", "valid"):
        shown = [(event.step, event.value) for event in board.Scalars(f"epoch/{part}/accuracy")]
        assert shown == [
            (e.epoch, pytest.approx(getattr(e, part)["accuracy"])) for e in history.epochs
        ]


def test_every_thins_the_batches_out(digits: Any, tmp_path: Path) -> None:
    board = log(digits, tmp_path, scalars=True, every=4)
    assert [event.step for event in board.Scalars("batch/loss")] == [4, 8]


def test_norms_are_those_of_weights_and_gradients(digits: Any, tmp_path: Path) -> None:
    seen: list[tuple[float, float]] = []

    class Norm(Listener):
        def gradients_ready(self, fit: Fit) -> None:
            parameters = list(fit.model.parameters())
            grads = [p.grad for p in parameters if p.grad is not None]
            seen.append(
                tuple(
                    torch.cat([t.flatten() for t in ts]).norm().item() for ts in (parameters, grads)
                )
            )

    digits.fit(tmp_path, logging=LoggingSettings(**(OFF | {"norms": True})), listeners=[Norm()])
    board = events(tmp_path)
    for place, what in enumerate(("weights", "gradients")):
        shown = [event.value for event in board.Scalars(f"norm/{what}")]
        assert shown == pytest.approx([norms[place] for norms in seen], rel=1e-5)
        assert f"norm of {what}/6.bias" in board.Tags()["scalars"]


def test_histograms_cover_weights_activations_and_gradients(digits: Any, tmp_path: Path) -> None:
    board = log(digits, tmp_path, histograms=True, detail_every=5)
    tags = set(board.Tags()["histograms"])
    assert {"weights/0.weight", "weight gradients/0.weight"} <= tags
    assert {"activations/0", "activations/6", "gradients/6"} <= tags
    assert [event.step for event in board.Histograms("activations/6")] == [5, 10]
    assert board.Histograms("weights/0.weight")[0].histogram_value.num == 72


def test_activations_and_gradients_are_pictures_by_layer(digits: Any, tmp_path: Path) -> None:
    board = log(digits, tmp_path, activations=True, detail_every=10)
    (maps,) = board.Images("activations/0")  # 8 channels of 8×8 in a square of 3×3
    assert (maps.height, maps.width) == (24, 24)
    (vectors,) = board.Images("gradients/6")  # the last batch of 300 in 64s has 44 examples
    assert (vectors.height, vectors.width) == (44, 10)


def test_the_graph_is_written(digits: Any, tmp_path: Path) -> None:
    board = log(digits, tmp_path, graph=True)
    assert any("Conv2d" in node.name for node in board.Graph().node)


def test_hyperparameters_stand_beside_the_best_values(digits: Any, tmp_path: Path) -> None:
    history, _ = digits.fit(tmp_path, logging=LoggingSettings(**(OFF | {"hyperparameters": True})))
    board = events(tmp_path)
    assert board.Tags()["scalars"] == ["best/loss", "best/accuracy"]
    assert board.Scalars("best/accuracy")[0].value == pytest.approx(history.best.valid["accuracy"])
    assert "_hparams_/session_start_info" in board.summary_metadata


def masks(model: nn.Module) -> list[Example]:
    assert not model.training
    half = torch.full((6, 5), 0.5)
    return [Example(torch.rand(3, 6, 5), half.round(), half, half.round(), {"iou": 0.25})]


def classes(model: nn.Module) -> list[Example]:
    probability = model(torch.zeros(1, 1, 8, 8)).softmax(1)[0]
    return [
        Example(torch.rand(1, 8, 8), torch.tensor(3), probability, probability.argmax(), {"p": 0.1})
    ]


@pytest.mark.parametrize("illustrate", [masks, classes])
def test_fixed_examples_are_drawn_after_each_epoch(
    digits: Any, tmp_path: Path, illustrate: Any
) -> None:
    logging = LoggingSettings(**(OFF | {"pictures": True}))
    digits.fit(tmp_path, logging=logging, illustrate=illustrate)
    pictures = events(tmp_path).Images("examples/1")
    assert [picture.step for picture in pictures] == [1, 2]
    assert (tmp_path / "plots" / "example-1.png").exists()


def test_nothing_is_written_where_all_is_switched_off(digits: Any, tmp_path: Path) -> None:
    digits.fit(tmp_path, logging=LoggingSettings(**OFF))
    assert not list(tmp_path.glob("events*"))


def test_logging_changes_nothing_in_the_training(digits: Any, tmp_path: Path) -> None:
    everything = dict.fromkeys(["scalars", "norms", "histograms", "activations", "graph"], True)
    _, quiet = digits.fit(tmp_path / "quiet")
    logging = LoggingSettings(**(OFF | everything | {"detail_every": 1}))
    _, loud = digits.fit(tmp_path / "loud", logging=logging, illustrate=classes)
    for mine, other in zip(quiet.state_dict().values(), loud.state_dict().values(), strict=True):
        assert torch.equal(mine, other)
    assert not any(module._forward_hooks for module in loud.modules())


def test_batches_repeated_after_a_kill_are_shown_once(digits: Any, tmp_path: Path) -> None:
    class Kill(Listener):
        def batch_ends(self, fit: Fit, step: Step) -> None:
            if fit.batches_seen == 9:
                raise RuntimeError("killed")

    logging = LoggingSettings(**(OFF | {"scalars": True}))
    with pytest.raises(RuntimeError, match="killed"):
        digits.fit(tmp_path, logging=logging, listeners=[Kill()])
    digits.fit(tmp_path, logging=logging, resume=True)
    assert [e.step for e in events(tmp_path).Scalars("batch/loss")] == list(range(1, 11))


def test_a_probe_records_outputs_and_their_gradients() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(inplace=True), nn.Linear(2, 1))
    inputs = torch.randn(4, 3)
    probe = Probe()
    probe.attach(model)
    model(inputs).sum().backward()
    probe.detach()
    hidden = model[0](inputs)
    torch.testing.assert_close(probe.activations["0"], hidden)  # before ReLU worked in place
    expected = model[2].weight.expand(4, 2) * (hidden > 0)
    torch.testing.assert_close(probe.gradients["0"], expected)


@pytest.mark.parametrize(
    ("shape", "picture"),
    [((2, 5, 4, 3), (12, 9)), ((2, 40, 4, 3), (16, 12)), ((2, 7, 3), (7, 3)), ((6, 4), (6, 4))],
)
def test_a_picture_shows_maps_sequences_or_vectors(
    shape: tuple[int, ...], picture: tuple[int, int]
) -> None:
    grey = as_picture(torch.randn(shape))
    assert grey.shape == picture
    assert (grey.min(), grey.max()) == (0, 1)


def test_a_picture_of_a_constant_is_black() -> None:
    assert np.all(as_picture(torch.ones(2, 3)).numpy() == 0)


def test_the_bar_shows_place_loss_metric_and_throughput(digits: Any, tmp_path: Path) -> None:
    screen = io.StringIO()
    seconds = iter(range(10**6))
    bar = ProgressBar(
        Console(file=screen, force_terminal=True, width=200), clock=lambda: float(next(seconds))
    )
    shown: list[str] = []

    class Look(Listener):
        def batch_ends(self, fit: Fit, step: Step) -> None:
            task = bar._bar.tasks[0]
            shown.append(f"{task.description} {task.fields['values']}")

    digits.fit(tmp_path, monitor="accuracy", higher_is_better=True, listeners=[bar, Look()])
    assert shown[6].startswith("epoch 2, batch 2 of 5")
    assert "loss " in shown[6]
    assert "accuracy " in shown[6]
    assert "64 examples/s" in shown[3]  # a batch of 64 each second of this clock
    assert "epoch 2/2 · train loss" in screen.getvalue()
