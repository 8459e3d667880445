"""Learning rates, held against torch's own schedulers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal

import pytest
import torch
from torch.optim import SGD, lr_scheduler

from praktikum.engine import ScheduleSettings, SettingError
from praktikum.engine.schedule import Schedule, lr_factor

TOTAL, PER_EPOCH, LR = 40, 4, 0.5


def optimiser() -> SGD:
    return SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR)


def torch_rates(make: Callable[[SGD], Any], updates: int) -> list[float]:
    sgd = optimiser()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # steps of a schedule without steps of the optimiser
        scheduler = make(sgd)
        rates = []
        for _ in range(updates):
            rates.append(sgd.param_groups[0]["lr"])
            scheduler.step()
    return rates


@pytest.mark.parametrize(
    ("settings", "make"),
    [
        (ScheduleSettings(), lambda o: lr_scheduler.ConstantLR(o, 1.0)),
        (
            ScheduleSettings("linear", final=0.2),
            lambda o: lr_scheduler.LinearLR(o, 1.0, 0.2, TOTAL),
        ),
        (
            ScheduleSettings("cosine", final=0.1),
            lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL, eta_min=LR * 0.1),
        ),
        (
            ScheduleSettings("step", step_every=3, step_factor=0.5),
            lambda o: lr_scheduler.StepLR(o, 3 * PER_EPOCH, 0.5),
        ),
        (
            ScheduleSettings("one-cycle"),
            lambda o: lr_scheduler.OneCycleLR(o, LR, TOTAL, cycle_momentum=False),
        ),
        (
            ScheduleSettings("one-cycle", rise=0.5, start_divisor=10, final_divisor=100),
            lambda o: lr_scheduler.OneCycleLR(
                o,
                LR,
                TOTAL,
                pct_start=0.5,
                div_factor=10,
                final_div_factor=100,
                cycle_momentum=False,
            ),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, ScheduleSettings) else "",
)
def test_rates_are_those_of_torch(settings: ScheduleSettings, make: Callable[[SGD], Any]) -> None:
    rates = [LR * lr_factor(settings, update, TOTAL, PER_EPOCH) for update in range(TOTAL)]
    assert rates == pytest.approx(torch_rates(make, TOTAL), rel=1e-9)


def test_warm_up_is_a_straight_line_to_the_full_rate() -> None:
    settings = ScheduleSettings("constant", warmup=0.1)
    factors = [lr_factor(settings, update, TOTAL, PER_EPOCH) for update in range(6)]
    assert factors == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])


@pytest.mark.parametrize("warmup_steps", [1, 5, 40])
def test_inverse_sqrt_is_the_rate_of_attention_is_all_you_need(warmup_steps: int) -> None:
    def paper(step: int) -> float:
        return float(min(step**-0.5, step * warmup_steps**-1.5))  # equation 3, but for d_model

    settings = ScheduleSettings("inverse-sqrt", warmup=(warmup_steps - 1) / TOTAL)
    factors = [lr_factor(settings, update, TOTAL, PER_EPOCH) for update in range(TOTAL)]
    rates = [paper(step) / paper(warmup_steps) for step in range(1, TOTAL + 1)]
    assert factors == pytest.approx(rates)


@pytest.mark.parametrize("name", ["linear", "cosine"])
def test_a_fall_begins_where_the_warm_up_ends(name: Literal["linear", "cosine"]) -> None:
    settings = ScheduleSettings(name, warmup=0.25)
    factors = [lr_factor(settings, update, TOTAL, PER_EPOCH) for update in (10, 25, 40, 99)]
    assert factors == pytest.approx([1, 0.5, 0, 0])


def test_a_loaded_schedule_sets_the_rate_of_its_update() -> None:
    first = Schedule(optimiser(), ScheduleSettings("cosine"), TOTAL, PER_EPOCH)
    for _ in range(7):
        first.advance()
    sgd = optimiser()
    second = Schedule(sgd, ScheduleSettings("cosine"), TOTAL, PER_EPOCH)
    second.load_state_dict(first.state_dict())
    expected = LR * lr_factor(ScheduleSettings("cosine"), 7, TOTAL, PER_EPOCH)
    assert sgd.param_groups[0]["lr"] == pytest.approx(expected)


def test_one_cycle_refuses_a_warm_up_of_its_own() -> None:
    with pytest.raises(SettingError, match=r"^warmup=0\.1 must be 0 with one-cycle$"):
        ScheduleSettings("one-cycle", warmup=0.1)
