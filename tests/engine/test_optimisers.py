"""Optimisers from settings: their steps, their groups, their weight decay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from praktikum.engine import OptimiserSettings, ParameterGroup, SettingError
from praktikum.engine.optimisers import make_optimiser

VALUES = {"lr": 0.1, "momentum": 0.7, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0.3}


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("sgd", lambda p: torch.optim.SGD(p, 0.1, 0.7, weight_decay=0.3, nesterov=True)),
        ("adam", lambda p: torch.optim.Adam(p, 0.1, (0.8, 0.9), weight_decay=0.3)),
        ("adamw", lambda p: torch.optim.AdamW(p, 0.1, (0.8, 0.9), weight_decay=0.3)),
        ("rmsprop", lambda p: torch.optim.RMSprop(p, 0.1, momentum=0.7, weight_decay=0.3)),
    ],
)
def test_steps_are_those_of_torch(name: Any, make: Callable[..., torch.optim.Optimizer]) -> None:
    mine, other = (nn.Parameter(torch.arange(6.0).view(2, 3)) for _ in range(2))
    settings = OptimiserSettings(name, **VALUES)
    pairs = (
        (mine, make_optimiser([ParameterGroup([mine])], settings)),
        (other, make([other])),
    )
    for parameter, optimiser in pairs:
        for _ in range(3):
            optimiser.zero_grad()
            parameter.square().sum().backward()
            optimiser.step()
    torch.testing.assert_close(mine, other)


def test_biases_and_normalisation_are_not_decayed() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    optimiser = make_optimiser([ParameterGroup(list(model.parameters()))], OptimiserSettings())
    decayed = {id(p) for g in optimiser.param_groups if g["weight_decay"] for p in g["params"]}
    assert decayed == {id(model[0].weight)}


@pytest.mark.parametrize(("name", "decay"), [("adamw", 0.01), ("adam", 0), ("sgd", 0)])
def test_only_adamw_decays_weights_unless_told_to(name: Any, decay: float) -> None:
    group = ParameterGroup([nn.Parameter(torch.ones(2, 2))])
    for settings, wanted in (
        (OptimiserSettings(name), decay),
        (OptimiserSettings(name, **VALUES), 0.3),
    ):
        assert make_optimiser([group], settings).param_groups[0]["weight_decay"] == wanted


def test_groups_have_their_share_of_the_learning_rate() -> None:
    first, second = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    groups = [ParameterGroup([first.weight], 0.1), ParameterGroup([second.weight])]
    optimiser = make_optimiser(groups, OptimiserSettings(lr=0.5))
    assert [group["lr"] for group in optimiser.param_groups] == [0.05, 0.5]


def test_frozen_parameters_are_left_out() -> None:
    model = nn.Linear(2, 2).requires_grad_(False)
    with pytest.raises(SettingError, match="no parameter requires a gradient"):
        make_optimiser([ParameterGroup(list(model.parameters()))], OptimiserSettings())
