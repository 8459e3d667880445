"""Checks of the experiment with the activation, made with few runs.

It is judged by what must come out whoever runs it: without an activation between them two layers
are as good as one, and that one cannot separate spheres.
"""

import numpy as np

from praktikum.checks import between, check, equal
from praktikum.scratch.activations import Tanh
from praktikum.scratch.layers import Identity

from .data import rings
from .training import TRAINING


@check(part="experiment_activation", points="0.3", needs=TRAINING)
def activation_effect(sub, rng):
    """
    ru: С тождественной «активацией» сферы не разделены, с настоящими разделены.
    en: With the identity for an activation the spheres are not separated, with real ones they are.
    hint ru: Строка i отвечает activations[i].
    hint en: Row i belongs to activations[i].
    """
    named = [("identity", Identity), ("tanh", Tanh), ("relu", sub.ReLU)]
    named = [named[i] for i in rng.permutation(3)]
    accuracies = sub.accuracy_by_activation(
        rings(rng),
        [activation for _, activation in named],
        2,
        rng=rng,
        n_layers=2,
        hidden_size=24,
        max_iterations=80,
    )
    return {"shape": np.shape(accuracies)} | {
        f"accuracy_with_{name}": accuracies[i] for i, (name, _) in enumerate(named)
    }


@activation_effect.expects
def _(rng):
    del rng
    return {
        "shape": equal([3, 2]),
        "accuracy_with_identity": between(0, 0.7),
        "accuracy_with_tanh": between(0.75, 1),
        "accuracy_with_relu": between(0.75, 1),
    }


@check(part="experiment_activation", points="0.2", needs=TRAINING)
def activation_networks(sub, rng):
    """
    ru: В каждом запуске — новая сеть с заданным числом слоёв заданной ширины.
    en: In each run there is a new network with the given number of layers of the given width.
    """
    n_layers = int(rng.integers(3, 6))
    widths = []

    class Watched(Tanh):
        def __init__(self):
            self.is_new = True

        def forward(self, input):
            if self.is_new:
                widths.append(input.shape[1])
                self.is_new = False
            return super().forward(input)

    sub.accuracy_by_activation(
        rings(rng), [Watched], 3, rng=rng, n_layers=n_layers, hidden_size=7, max_iterations=1
    )
    return {"widths_of_hidden_layers": widths}


@activation_networks.expects
def _(rng):
    n_layers = int(rng.integers(3, 6))
    return {"widths_of_hidden_layers": equal([7] * 3 * (n_layers - 1))}
