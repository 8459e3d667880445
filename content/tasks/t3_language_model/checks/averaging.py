"""Checks of NT-ASGD: when averaging begins, and of what the mean is.

The oracles: the paper's condition over all histories of losses; the mean of weights by NumPy.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal


def histories(rng):
    """Return losses of validation: walks that go down at first."""
    falls = np.linspace(5, 4, 12)[:, None]
    return (falls + rng.normal(scale=0.2, size=(12, 8))).T


@check(part="bonus_nt_asgd", points="0.4")
def stalled_losses(sub, rng):
    """
    ru: Обучение застряло, если потери выше лучших среди тех, что были больше n проверок назад.
    en: Training has stalled if the loss is above the best of those more than n checks ago.
    hint ru: Последние n значений перед текущим в минимум не входят.
    hint en: The last n values before the present one aren't in the minimum.
    """
    walks = histories(rng)
    return {
        f"n = {n}": [
            [bool(sub.is_stalled(list(walk[:length]), n)) for length in range(13)] for walk in walks
        ]
        for n in (0, 2, 5)
    }


def is_above(walk, length, n):
    t = length - 1
    return t > n and bool((walk[t] > walk[: t - n]).any())


@stalled_losses.expects
def _(rng):
    walks = histories(rng)
    return {
        f"n = {n}": equal([[is_above(walk, length, n) for length in range(13)] for walk in walks])
        for n in (0, 2, 5)
    }


def moved(model, rng, times):
    """Give a linear model other weights so many times, and yield after each."""
    for _ in range(times):
        with torch.no_grad():
            model.weight.copy_(torch.from_numpy(rng.normal(size=(2, 3))))
            model.bias.copy_(torch.from_numpy(rng.normal(size=2)))
        yield


@check(part="bonus_nt_asgd", points="0.4")
def mean_of_iterates(sub, rng):
    """
    ru: Среднее — по всем весам после start и только по ним; сами веса не меняются.
    en: The mean is over all weights since start and over them alone; weights themselves stay.
    hint ru: Среднее пересчитывается на каждом шаге: m ← m + (w − m) / t. Чему равно t в начале?
    hint en: The mean is updated at each step: m ← m + (w − m) / t. What is t in the beginning?
    """
    model = torch.nn.Linear(3, 2).double()
    averaged = sub.AveragedWeights(model)
    for _ in moved(model, rng, 4):
        averaged.add_iterate()
    averaged.start()
    for _ in moved(model, rng, 5):
        averaged.add_iterate()
    averaged.start()  # for the second time: nothing begins anew
    for _ in moved(model, rng, 3):
        averaged.add_iterate()
    return {
        "mean of weight": averaged.average["weight"],
        "mean of bias": averaged.average["bias"],
        "weight": model.weight.detach(),
    }


@mean_of_iterates.expects
def _(rng):
    iterates = [(rng.normal(size=(2, 3)), rng.normal(size=2)) for _ in range(12)][4:]
    return {
        "mean of weight": close(np.mean([weight for weight, _ in iterates], axis=0)),
        "mean of bias": close(np.mean([bias for _, bias in iterates], axis=0)),
        "weight": equal(iterates[-1][0]),
    }


@check(part="bonus_nt_asgd", points="0.2", needs=["mean_of_iterates"])
def mean_in_evaluation(sub, rng):
    """
    ru: При применении работает среднее, если оно есть, а при обучении — сами веса.
    en: In evaluation the mean works, where there is one, and in training the weights themselves.
    """
    model, input = torch.nn.Linear(3, 2).double(), torch.from_numpy(rng.normal(size=(4, 3)))
    averaged = sub.AveragedWeights(model)
    observed = {}
    for name, starts in {"before": False, "after": True}.items():
        if starts:
            averaged.start()
        for _ in moved(model, rng, 2):
            averaged.add_iterate()
        for mode in ("training", "evaluation"):
            output = averaged.train(mode == "training")(input)
            observed[f"{mode}, {name} averaging begins"] = output.detach()
    return observed


@mean_in_evaluation.expects
def _(rng):
    input = rng.normal(size=(4, 3))
    outputs = [input @ rng.normal(size=(2, 3)).T + rng.normal(size=2) for _ in range(4)]
    return {
        "training, before averaging begins": close(outputs[1]),
        "evaluation, before averaging begins": close(outputs[1]),
        "training, after averaging begins": close(outputs[3]),
        "evaluation, after averaging begins": close((outputs[2] + outputs[3]) / 2),
    }
