"""The loop, held against loops written by hand and against what its settings promise."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from praktikum.engine import (
    EpochResult,
    Fit,
    Listener,
    LoggingSettings,
    NonFiniteError,
    OptimiserSettings,
    ParameterGroup,
    RunError,
    SettingError,
    Step,
    Trainer,
    TrainerSettings,
    load_checkpoint,
    load_weights,
)

SGD = OptimiserSettings("sgd", lr=0.1, momentum=0.0, weight_decay=0.0)
QUIET = LoggingSettings(
    progress=False, scalars=False, hyperparameters=False, pictures=False, report=False
)

X = torch.randn(22, 3, generator=torch.Generator().manual_seed(1))
y = X @ torch.tensor([1.0, -2.0, 0.5]) + 1
LINES = TensorDataset(X, y)  # 22 examples: the last batch of 4 has 2


def line() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


def squares(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
    residuals = model(batch[0])[:, 0] - batch[1]
    return Step(residuals.square().mean(), len(residuals), {"mae": residuals.abs().mean()})


def fit_line(run_dir: Path, batch_size: int = 4, **values: Any) -> tuple[nn.Linear, Any]:
    model = line()
    listeners = values.pop("listeners", ())
    settings = TrainerSettings(**({"epochs": 3, "logging": QUIET, "optimiser": SGD} | values))
    history = Trainer(settings, run_dir, listeners).fit(
        model, DataLoader(LINES, batch_size), DataLoader(LINES, 8), squares
    )
    return model, history


def by_hand(batch_size: int, epochs: int, change: Callable[[nn.Linear], None]) -> nn.Linear:
    """Return the line that plain gradient descent finds; ``change`` works on the gradients."""
    model = line()
    for _ in range(epochs):
        for inputs, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
            model.zero_grad()
            squares(model, (inputs, targets)).loss.backward()
            change(model)
            with torch.no_grad():
                for parameter in model.parameters():
                    assert parameter.grad is not None
                    parameter -= 0.1 * parameter.grad
    return model


def clip_to_half(model: nn.Linear) -> None:
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)


def weights(model: nn.Module) -> Tensor:
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def test_fit_is_gradient_descent_written_by_hand(tmp_path: Path) -> None:
    model, _ = fit_line(tmp_path)
    torch.testing.assert_close(weights(model), weights(by_hand(4, 3, lambda _: None)))


@pytest.mark.parametrize("accumulate", [2, 3, 4, 6])
def test_accumulated_batches_are_one_large_batch(tmp_path: Path, accumulate: int) -> None:
    model, _ = fit_line(tmp_path, batch_size=4, accumulate=accumulate)
    expected = by_hand(4 * accumulate, 3, lambda _: None)
    torch.testing.assert_close(weights(model), weights(expected))


def test_gradients_are_clipped_by_norm(tmp_path: Path) -> None:
    model, _ = fit_line(tmp_path, clip_norm=0.5)
    expected = by_hand(4, 3, clip_to_half)
    torch.testing.assert_close(weights(model), weights(expected))


def test_scaled_gradients_are_clipped_in_their_own_scale(tmp_path: Path) -> None:
    model, _ = fit_line(tmp_path, clip_norm=0.5, precision="fp16")
    expected = by_hand(4, 3, clip_to_half)
    way = torch.dist(weights(line()), weights(expected))
    # The first updates are left out, until the scale is one that does not overflow.
    assert torch.dist(weights(model), weights(expected)) < 0.25 * way


def test_gradients_are_clipped_by_value(tmp_path: Path) -> None:
    def clamp(model: nn.Linear) -> None:
        for parameter in model.parameters():
            assert parameter.grad is not None
            parameter.grad.clamp_(-0.3, 0.3)

    model, _ = fit_line(tmp_path, clip_value=0.3)
    torch.testing.assert_close(weights(model), weights(by_hand(4, 3, clamp)))


def test_averages_weigh_batches_by_their_examples(tmp_path: Path) -> None:
    model, history = fit_line(tmp_path)
    residuals = (model(X)[:, 0] - y).detach()
    assert history.epochs[-1].valid == pytest.approx(
        {"loss": residuals.square().mean().item(), "mae": residuals.abs().mean().item()}, rel=1e-5
    )


def test_the_average_of_the_weights_is_that_of_torch(tmp_path: Path) -> None:
    class Shadow(Listener):
        def fit_begins(self, fit: Fit) -> None:
            self.average = AveragedModel(fit.model, multi_avg_fn=get_ema_multi_avg_fn(0.8))
            self.average.update_parameters(fit.model)

        def batch_ends(self, fit: Fit, step: Step) -> None:
            self.average.update_parameters(fit.model)

    shadow = Shadow()
    model, history = fit_line(tmp_path, ema_decay=0.8, epochs=1, listeners=[shadow])
    best = line()
    load_weights(tmp_path / "best.pt", best)
    torch.testing.assert_close(weights(best), weights(shadow.average.module))
    assert not torch.equal(weights(best), weights(model))
    assert history.best.valid["loss"] == pytest.approx(squares(best, (X, y)).loss.item())


def test_groups_learn_at_rates_of_their_own(tmp_path: Path) -> None:
    model = line()
    before = model.weight.detach().clone()
    settings = TrainerSettings(epochs=1, optimiser=SGD, logging=QUIET)
    groups = [ParameterGroup([model.weight], 0.0), ParameterGroup([model.bias])]
    loader = DataLoader(LINES, 4)
    Trainer(settings, tmp_path).fit(model, loader, loader, squares, parameters=groups)
    assert torch.equal(model.weight, before)
    assert model.bias.item() != line().bias.item()


def test_best_holds_the_weights_of_the_best_epoch(tmp_path: Path) -> None:
    diverging = OptimiserSettings("sgd", lr=0.45, momentum=0.9, weight_decay=0)
    _, history = fit_line(tmp_path, optimiser=diverging, epochs=6)
    losses = [epoch.valid["loss"] for epoch in history.epochs]
    best = line()
    load_weights(tmp_path / "best.pt", best)
    assert min(losses) < losses[-1]
    assert squares(best, (X, y)).loss.item() == pytest.approx(min(losses), rel=1e-5)


def test_the_run_stops_when_patience_ends(tmp_path: Path) -> None:
    tiny = OptimiserSettings("sgd", lr=1e-9, momentum=0, weight_decay=0)
    _, history = fit_line(tmp_path, optimiser=tiny, epochs=50, patience=3, min_delta=1e-3)
    assert len(history.epochs) == 4


def test_metrics_json_holds_what_fit_returns(tmp_path: Path) -> None:
    _, history = fit_line(tmp_path)
    table = json.loads((tmp_path / "metrics.json").read_text())
    assert [row["valid"] for row in table["epochs"]] == [e.valid for e in history.epochs]
    assert table["n_parameters"] == 4


def test_a_seed_repeats_a_run(tmp_path: Path, digits: Any) -> None:
    _, first = digits.fit(tmp_path / "1", seed=5)
    _, again = digits.fit(tmp_path / "2", seed=5)
    _, other = digits.fit(tmp_path / "3", seed=6)
    assert torch.equal(weights(first), weights(again))
    assert not torch.equal(weights(first), weights(other))


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_learns_as_full_precision_does(
    tmp_path: Path, digits: Any, precision: str
) -> None:
    full, _ = digits.fit(tmp_path / "full", epochs=6)
    half, model = digits.fit(tmp_path / "half", precision=precision, epochs=6)
    assert half.best.valid["accuracy"] == pytest.approx(full.best.valid["accuracy"], abs=0.05)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    "values", [{"channels_last": True}, {"compile": True, "compile_backend": "aot_eager"}]
)
def test_layout_and_compilation_change_speed_and_not_results(
    tmp_path: Path, digits: Any, values: dict[str, Any]
) -> None:
    # Not Adam: it makes full steps of the rounding errors of a bias that has no gradient.
    plain, _ = digits.fit(tmp_path / "plain", optimiser=SGD)
    other, _ = digits.fit(tmp_path / "other", optimiser=SGD, **values)
    assert other.best.valid["loss"] == pytest.approx(plain.best.valid["loss"], rel=1e-3)


def test_channels_last_reaches_model_and_batches(tmp_path: Path, digits: Any) -> None:
    seen = []

    def spy(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
        seen.append(batch[0].is_contiguous(memory_format=torch.channels_last))
        logits = model(batch[0].repeat(1, 2, 1, 1)[:, :1])
        return Step(nn.functional.cross_entropy(logits, batch[1]), len(batch[1]))

    _, model = digits.fit(tmp_path, epochs=1, channels_last=True, objective=spy)
    assert all(seen)
    assert model[0].weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_with_the_number_of_the_batch(
    tmp_path: Path, poison: float
) -> None:
    calls = []

    def poisoned(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Step:
        calls.append(model.training)
        step = squares(model, batch)
        return Step(step.loss + poison, step.size) if sum(calls) == 9 else step

    settings = TrainerSettings(epochs=3, logging=QUIET, optimiser=SGD)
    loader = DataLoader(LINES, 4)
    with pytest.raises(NonFiniteError, match=rf"the loss is {poison} at epoch 2, batch 3 of 6"):
        Trainer(settings, tmp_path).fit(line(), loader, loader, poisoned)


def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    class Poison(Listener):
        def batch_ends(self, fit: Fit, step: Step) -> None:
            if fit.batches_seen == 8:
                nn.init.constant_(fit.model.get_parameter("weight"), math.inf)

    with pytest.raises(NonFiniteError, match=r"weight has elements .* after epoch 2, batch 2 of 6"):
        fit_line(tmp_path, checkpoint_every=1, listeners=[Poison()])
    assert load_checkpoint(tmp_path / "last.pt")["position"]["batch"] == 1


def test_determinism_is_on_in_the_run_alone(tmp_path: Path) -> None:
    class Look(Listener):
        seen = False

        def batch_ends(self, fit: Fit, step: Step) -> None:
            self.seen = torch.are_deterministic_algorithms_enabled()

    look = Look()
    fit_line(tmp_path, deterministic=True, listeners=[look])
    assert look.seen
    assert not torch.are_deterministic_algorithms_enabled()


class Stream(IterableDataset[Tensor]):
    def __iter__(self) -> Any:
        return iter(X)


class Nothing(Dataset[Tensor]):
    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("loader", "message"),
    [
        (DataLoader(Stream(), 4), "train: a stream has no position"),
        (DataLoader(LINES, batch_size=None), "train: batch_size=None makes no batches"),
        (DataLoader(Nothing(), 4), "train: the loader has no batches"),
        (DataLoader(LINES, 4, num_workers=1, persistent_workers=True), "persistent_workers=True"),
    ],
)
def test_loaders_whose_epochs_cannot_be_repeated_are_refused(
    tmp_path: Path, loader: DataLoader[Any], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        Trainer(TrainerSettings(), tmp_path).fit(line(), loader, DataLoader(LINES, 4), squares)


def test_a_monitor_that_the_objective_does_not_give_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="monitor='iou' is not among .*: loss, mae"):
        fit_line(tmp_path, monitor="iou")


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^device='nowhere' cannot be used here: "):
        Trainer(TrainerSettings(device="nowhere"), tmp_path)


def test_a_run_is_not_overwritten(tmp_path: Path) -> None:
    fit_line(tmp_path, epochs=1)
    with pytest.raises(RunError, match="holds a run already; resume it"):
        fit_line(tmp_path, epochs=1)


def test_all_mistakes_in_settings_are_told_at_once() -> None:
    with pytest.raises(SettingError) as caught:
        TrainerSettings(epochs=0, accumulate=0, ema_decay=1.0)
    assert caught.value.problems == (
        "epochs=0 must be at least 1",
        "accumulate=0 must be at least 1",
        "ema_decay=1.0 must be in [0, 1)",
    )


def test_a_run_is_continued_with_more_epochs(tmp_path: Path, digits: Any) -> None:
    whole, expected = digits.fit(tmp_path / "whole", epochs=3)
    digits.fit(tmp_path / "parts", epochs=1)
    history, model = digits.fit(tmp_path / "parts", epochs=3, resume=True)
    assert torch.equal(weights(model), weights(expected))
    assert [e.valid for e in history.epochs] == [e.valid for e in whole.epochs]


def test_listeners_hear_the_moments_in_their_order(tmp_path: Path) -> None:
    heard: list[str] = []

    class Ear(Listener):
        def fit_begins(self, fit: Fit) -> None:
            heard.append("begin")

        def batch_begins(self, fit: Fit) -> None:
            heard.append("batch")

        def gradients_ready(self, fit: Fit) -> None:
            assert all(parameter.grad is not None for parameter in fit.model.parameters())
            heard.append("gradients")

        def batch_ends(self, fit: Fit, step: Step) -> None:
            heard.append("done")

        def epoch_ends(self, fit: Fit, result: EpochResult) -> None:
            heard.append("epoch")

        def fit_ends(self, fit: Fit) -> None:
            heard.append("end")

    fit_line(tmp_path, batch_size=11, accumulate=2, epochs=1, listeners=[Ear()])
    assert heard == ["begin", "batch", "done", "batch", "gradients", "done", "epoch", "end"]
