"""Checks of the experiment with the number of layers, made with few runs.

It is judged by what must come out whoever runs it: a linear network cannot separate spheres.
"""

import numpy as np

from praktikum.checks import between, check, close, equal

from .data import disguised_digits, rings
from .training import TRAINING


@check(part="experiment_depth", points="0.3", needs=TRAINING)
def depth_effect(sub, rng):
    """
    ru: Линейная сеть не разделяет вложенные сферы, более глубокие сети разделяют.
    en: A linear network does not separate nested spheres, deeper ones do.
    hint ru: Строка i отвечает глубине depths[i]; глубина 1 — один слой Dense.
    hint en: Row i belongs to the depth depths[i]; depth 1 is a single Dense layer.
    """
    depths = [int(depth) for depth in rng.permutation([1, 2, 3])]
    accuracies = sub.accuracy_by_depth(
        rings(rng), depths, 2, rng=rng, hidden_size=16, max_iterations=60
    )
    shape = np.shape(accuracies)
    return {"shape": shape} | {
        f"accuracy_at_depth_{depth}": accuracies[i] for i, depth in enumerate(depths)
    }


@depth_effect.expects
def _(rng):
    del rng
    return {
        "shape": equal([3, 2]),
        "accuracy_at_depth_1": between(0, 0.7),
        "accuracy_at_depth_2": between(0.75, 1),
        "accuracy_at_depth_3": between(0.75, 1),
    }


@check(part="experiment_depth", points="0.2", needs=TRAINING)
def depth_runs(sub, rng):
    """
    ru: Каждый запуск начинается с новых весов, а то же зерно повторяет весь опыт.
    en: Each run starts from new weights, and the same seed repeats the whole experiment.
    hint ru: Где создаётся сеть: внутри цикла по запускам или снаружи? Куда передан rng?
    hint en: Where is the network made: inside of the loop over runs or outside? Where does rng go?
    """
    data, seed = disguised_digits(rng), int(rng.integers(2**31))
    first, again = (
        np.asarray(
            sub.accuracy_by_depth(
                data, (2,), 6, rng=np.random.default_rng(seed), hidden_size=8, max_iterations=80
            )
        )
        for _ in range(2)
    )
    return {
        "accuracy": first,
        "runs_differ": len(np.unique(first)) > 2,
        "difference_of_repetitions": again - first,
    }


@depth_runs.expects
def _(rng):
    del rng
    return {
        "accuracy": between(0, 1, shape=(1, 6)),
        "runs_differ": equal(True),
        "difference_of_repetitions": close(np.zeros((1, 6))),
    }
