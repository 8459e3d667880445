"""Checks of the schedule.

The oracle: a straight line for the warm-up, PyTorch's own cosine for what follows.
"""

import numpy as np
import torch

from praktikum.checks import check, close


def schedule_case(rng):
    """Updates of the run and of its warm-up, and the last factor."""
    return int(rng.integers(30, 50)), int(rng.integers(3, 12)), float(rng.uniform(0.05, 0.3))


@check(part="schedule")
def schedule_warms_up(sub, rng):
    """
    ru: В разогреве множитель растёт линейно, начиная не с нуля и не доходя до единицы.
    en: In the warm-up the factor rises linearly, neither from zero nor quite to one.
    """
    total, warmup, _ = schedule_case(rng)
    return {"factors": [sub.warmup_cosine(update, total, warmup) for update in range(warmup)]}


@schedule_warms_up.expects
def _(rng):
    _, warmup, _ = schedule_case(rng)
    return {"factors": close(np.linspace(0, 1, warmup + 2)[1:-1])}


@check(part="schedule")
def schedule_falls(sub, rng):
    """
    ru: После разогрева множитель идёт по косинусу от единицы до final и там остаётся.
    en: After the warm-up the factor follows a cosine from one to final and stays there.
    hint ru: Сколько обновлений у косинуса, если разогрев их уже занял?
    hint en: How many updates does the cosine have, if the warm-up has taken its own?
    """
    total, warmup, final = schedule_case(rng)
    updates = range(warmup, total + 5)
    return {
        "factors": [sub.warmup_cosine(update, total, warmup, final) for update in updates],
        "without warm-up": [sub.warmup_cosine(update, total, 0) for update in range(total)],
    }


def cosine_of_torch(period, final):
    """Return the rates of PyTorch's own schedule at updates 0 to ``period``."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, period, final)
    rates = []
    for _ in range(period + 1):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return rates


@schedule_falls.expects
def _(rng):
    total, warmup, final = schedule_case(rng)
    return {
        "factors": close(np.array(cosine_of_torch(total - warmup, final) + [final] * 4)),
        "without warm-up": close(np.array(cosine_of_torch(total, 0.0)[:-1])),
    }
