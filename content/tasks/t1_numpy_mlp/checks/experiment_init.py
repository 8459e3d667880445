"""Checks of the experiments with initialisation, made with few runs.

They are judged by what must come out whoever runs them: weights of 10⁻³ do not train in five
layers, those of Kaiming and Xavier do.
"""

import numpy as np

from praktikum.checks import between, check, close, equal
from praktikum.scratch.initialisation import kaiming_normal, normal, xavier_normal

from .data import disguised_digits, rings
from .training import TRAINING


def tiny_normal(fan_in, fan_out, rng):
    return normal(fan_in, fan_out, rng, std=1e-3)


def shuffled_initialisations(rng):
    named = [("tiny", tiny_normal), ("kaiming", kaiming_normal), ("xavier", xavier_normal)]
    return [named[i] for i in rng.permutation(3)]


@check(part="experiment_init", points="0.2", needs=TRAINING)
def initialisation_effect(sub, rng):
    """
    ru: Пять слоёв с весами порядка 10⁻³ не обучаются; с Kaiming и Xavier — обучаются.
    en: Five layers with weights of the order of 10⁻³ don't train; with Kaiming and Xavier they do.
    hint ru: Элемент [i, j] отвечает глубине depths[i] и инициализации initialisations[j].
    hint en: Entry [i, j] belongs to the depth depths[i] and the initialisation initialisations[j].
    """
    named = shuffled_initialisations(rng)
    accuracies = sub.accuracy_by_initialisation(
        disguised_digits(rng),
        (5,),
        2,
        rng=rng,
        initialisations=[init for _, init in named],
        hidden_size=24,
        max_iterations=50,
    )
    shape = np.shape(accuracies)
    return {"shape": shape} | {
        f"accuracy_with_{name}": accuracies[0][j] for j, (name, _) in enumerate(named)
    }


@initialisation_effect.expects
def _(rng):
    del rng
    return {
        "shape": equal([1, 3, 2]),
        "accuracy_with_tiny": between(0, 0.35),
        "accuracy_with_kaiming": between(0.4, 1),
        "accuracy_with_xavier": between(0.4, 1),
    }


@check(part="experiment_init", points="0.1", needs=TRAINING)
def initialisation_networks(sub, rng):
    """
    ru: Каждая инициализация применена к сетям каждой глубины столько раз, сколько запусков.
    en: Each initialisation is applied to networks of each depth as many times as there are runs.
    """
    depths = [int(depth) for depth in rng.permutation([2, 3, 5])]
    sizes = []

    def init(fan_in, fan_out, rng):
        sizes.append((fan_in, fan_out))
        return kaiming_normal(fan_in, fan_out, rng)

    sub.accuracy_by_initialisation(
        rings(rng), depths, 2, rng=rng, initialisations=[init], hidden_size=6, max_iterations=1
    )
    return {"sizes_of_dense_layers": sizes}


@initialisation_networks.expects
def _(rng):
    depths = [int(depth) for depth in rng.permutation([2, 3, 5])]
    one_run = {depth: [(3, 6), *[(6, 6)] * (depth - 2), (6, 3)] for depth in depths}
    return {
        "sizes_of_dense_layers": equal([size for depth in depths for size in one_run[depth] * 2])
    }


@check(part="experiment_init", points="0.2", needs=TRAINING)
def initialisation_speed(sub, rng):
    """
    ru: Кривые потерь целы: от значения до первого шага и до конца строки.
    en: The curves of the loss are whole: from before the first step to the end of the row.
    hint ru: Запуск, который закончился раньше, сохраняет своё последнее значение до конца строки.
    hint en: A run that stopped earlier keeps its last value to the end of its row.
    """
    named = shuffled_initialisations(rng)
    losses = sub.loss_by_initialisation(
        disguised_digits(rng),
        5,
        2,
        rng=rng,
        initialisations=[init for _, init in named],
        hidden_size=24,
        max_iterations=40,
    )
    of = {name: np.asarray(losses[j]) for j, (name, _) in enumerate(named)}
    return {
        "shape": np.shape(losses),
        "first_loss_with_tiny": of["tiny"][:, 0],
        "last_loss_with_tiny": of["tiny"][:, -1],
        "last_loss_with_kaiming": of["kaiming"][:, -1],
        "last_loss_with_xavier": of["xavier"][:, -1],
        "largest_rise_of_loss": np.diff(losses, axis=-1).max(),
    }


@initialisation_speed.expects
def _(rng):
    del rng
    return {
        "shape": equal([3, 2, 41]),
        "first_loss_with_tiny": close(np.full(2, np.log(10)), rtol=1e-5),
        "last_loss_with_tiny": between(2, 2.303),
        "last_loss_with_kaiming": between(0, 1.5),
        "last_loss_with_xavier": between(0, 1.5),
        "largest_rise_of_loss": between(-3, 1e-9),
    }
