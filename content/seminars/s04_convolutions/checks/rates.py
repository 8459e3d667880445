"""Checks of the groups of parameters.

The oracle: a table of rates, parameter by parameter.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal

from .stages import stages_case


def rates_case(rng):
    return float(rng.uniform(0.1, 1)), float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.01, 0.1))


def rates_of(sub, rng, n_frozen):
    """Return rate and decay of every parameter as the optimiser has them; -1 where it has none."""
    lr, decay, weight_decay = rates_case(rng)
    model, _ = stages_case(rng)
    for stage in model[:n_frozen]:
        stage.requires_grad_(False)
    groups = sub.parameter_groups(list(model), lr, decay, weight_decay)
    found = {}
    for group in torch.optim.SGD(groups, lr=1e9).param_groups:
        assert len(group["params"])
        for parameter in group["params"]:
            found[id(parameter)] = (group["lr"], group["weight_decay"])
    return np.array([found.get(id(parameter), (-1, -1)) for parameter in model.parameters()])


@check(part="rates")
def rates_by_stage(sub, rng):
    """
    ru: Последняя ступень учится с полным темпом, каждая предыдущая — медленнее.
    en: The last stage learns at the full rate, each one before it slower.
    """
    return {"rates": rates_of(sub, rng, n_frozen=0)[:, 0]}


@rates_by_stage.expects
def _(rng):
    lr, decay, _ = rates_case(rng)
    return {"rates": close(np.array([lr * decay * decay] * 4 + [lr * decay] * 4 + [lr] * 2))}


@check(part="rates")
def rates_weight_decay(sub, rng):
    """
    ru: Штраф на веса получают ядра и матрицы, но не сдвиги и не параметры BatchNorm.
    en: Kernels and matrices get weight decay; biases and the parameters of BatchNorm don't.
    """
    return {"weight_decay": rates_of(sub, rng, n_frozen=0)[:, 1]}


@rates_weight_decay.expects
def _(rng):
    _, _, weight_decay = rates_case(rng)
    return {"weight_decay": close(weight_decay * np.array([1, 0, 0, 0, 1, 0, 0, 0, 1, 0]))}


@check(part="rates")
def rates_leave_out_frozen(sub, rng):
    """
    ru: Замороженные параметры в оптимизатор не попадают, а номера ступеней не сдвигаются.
    en: Frozen parameters don't get into the optimiser, and the stages keep their places.
    """
    return {"in the optimiser": rates_of(sub, rng, n_frozen=1)[:, 0] >= 0}


@rates_leave_out_frozen.expects
def _(rng):
    del rng
    return {"in the optimiser": equal([False] * 4 + [True] * 6)}
