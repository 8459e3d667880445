"""Experiments with small networks: depth, initialisation, activation, optimiser.

Each function trains networks with every setting `n_runs` times from new random weights and
returns the accuracies, or the losses, in one array; pictures and conclusions are the reader's.
Sizes and iterations are arguments, so that a glance takes a second and a proper experiment
what it needs. Runs draw from `rng` one after another: the same seed gives the same array.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from .activations import ReLU, Sigmoid, Tanh
from .digits import Split
from .initialisation import Initialiser, kaiming_normal, normal, xavier_normal
from .layers import Layer
from .network import get_weights, make_network, set_weights
from .optimisers import SGD
from .training import train_lbfgs, train_minibatches

__all__ = [
    "INITIALISATIONS",
    "accuracy_by_activation",
    "accuracy_by_depth",
    "accuracy_by_initialisation",
    "loss_by_initialisation",
    "momentum_against_lbfgs",
]

INITIALISATIONS: Mapping[str, Initialiser] = MappingProxyType(
    {
        "normal 1e-3": partial(normal, std=1e-3),
        "normal 1e-2": partial(normal, std=1e-2),
        "normal 1e-1": partial(normal, std=1e-1),
        "Kaiming": kaiming_normal,
        "Xavier": xavier_normal,
    }
)
"""The initialisations that are compared, by name."""


def accuracy_by_depth(
    data: Split,
    depths: Sequence[int] = (1, 2, 3, 4, 5),
    n_runs: int = 5,
    *,
    rng: np.random.Generator,
    hidden_size: int = 32,
    max_iterations: int = 200,
) -> Float[np.ndarray, "depths runs"]:
    """Return the test accuracy of ReLU networks by their number of Dense layers.

    Row i holds the runs of networks made by `make_network` with `depths[i]` layers of
    `hidden_size`, the sizes of input and output taken from the data, and trained by
    `train_lbfgs` for at most `max_iterations`.
    """
    accuracies = np.empty((len(depths), n_runs))
    for i, depth in enumerate(depths):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, depth, ReLU, rng=rng
            )
            history = train_lbfgs(network, *data, max_iterations=max_iterations)
            accuracies[i, run] = history.test_accuracy[-1]
    return accuracies


def accuracy_by_initialisation(
    data: Split,
    depths: Sequence[int] = (3, 4, 5),
    n_runs: int = 5,
    *,
    rng: np.random.Generator,
    initialisations: Sequence[Initialiser] = tuple(INITIALISATIONS.values()),
    hidden_size: int = 32,
    max_iterations: int = 200,
) -> Float[np.ndarray, "depths initialisations runs"]:
    """Return the test accuracy of ReLU networks by their depth and their initial weights.

    Entry [i, j] holds the runs of networks made by `make_network` with `depths[i]` Dense layers
    of `hidden_size` and `init=initialisations[j]`, and trained by `train_lbfgs` for at most
    `max_iterations`.
    """
    accuracies = np.empty((len(depths), len(initialisations), n_runs))
    for i, depth in enumerate(depths):
        for j, init in enumerate(initialisations):
            for run in range(n_runs):
                network = make_network(
                    data.n_features, hidden_size, data.n_classes, depth, ReLU, init=init, rng=rng
                )
                history = train_lbfgs(network, *data, max_iterations=max_iterations)
                accuracies[i, j, run] = history.test_accuracy[-1]
    return accuracies


def loss_by_initialisation(
    data: Split,
    depth: int = 3,
    n_runs: int = 5,
    *,
    rng: np.random.Generator,
    initialisations: Sequence[Initialiser] = tuple(INITIALISATIONS.values()),
    hidden_size: int = 32,
    max_iterations: int = 50,
) -> Float[np.ndarray, "initialisations runs entries"]:
    """Return the training loss after each iteration of L-BFGS, by the initial weights.

    Entry [j, run, t] is the loss of a ReLU network with `depth` Dense layers of `hidden_size`
    and `init=initialisations[j]` after t iterations of `train_lbfgs`, t = 0 … max_iterations.
    A run that stopped earlier keeps its last loss to the end of its row.
    """
    losses = np.empty((len(initialisations), n_runs, max_iterations + 1))
    for j, init in enumerate(initialisations):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, depth, ReLU, init=init, rng=rng
            )
            loss = train_lbfgs(network, *data, max_iterations=max_iterations).loss
            losses[j, run, : len(loss)] = loss
            losses[j, run, len(loss) :] = loss[-1]
    return losses


def accuracy_by_activation(
    data: Split,
    activations: Sequence[Callable[[], Layer]] = (Tanh, Sigmoid, ReLU),
    n_runs: int = 5,
    *,
    rng: np.random.Generator,
    n_layers: int = 3,
    hidden_size: int = 32,
    max_iterations: int = 200,
) -> Float[np.ndarray, "activations runs"]:
    """Return the test accuracy of networks by their activation.

    Row i holds the runs of networks made by `make_network` with `n_layers` Dense layers of
    `hidden_size` and `activations[i]`, and trained by `train_lbfgs` for at most `max_iterations`.
    """
    accuracies = np.empty((len(activations), n_runs))
    for i, activation in enumerate(activations):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, n_layers, activation, rng=rng
            )
            history = train_lbfgs(network, *data, max_iterations=max_iterations)
            accuracies[i, run] = history.test_accuracy[-1]
    return accuracies


def momentum_against_lbfgs(
    data: Split,
    n_runs: int = 5,
    *,
    rng: np.random.Generator,
    lr: float = 0.1,
    momentum: float = 0.9,
    n_epochs: int = 30,
    batch_size: int = 32,
    n_layers: int = 3,
    hidden_size: int = 32,
    max_iterations: int = 200,
) -> Float[np.ndarray, "optimisers runs"]:
    """Return the test accuracy of ReLU networks trained by momentum and by L-BFGS.

    Row 0 holds the runs of `train_minibatches` with `SGD(lr, momentum)`, `n_epochs` epochs of
    batches of `batch_size`; row 1 those of `train_lbfgs`, at most `max_iterations`. In each run
    both start from the same weights.
    """
    accuracies = np.empty((2, n_runs))
    for run in range(n_runs):
        network = make_network(
            data.n_features, hidden_size, data.n_classes, n_layers, ReLU, rng=rng
        )
        initial_weights = get_weights(network)
        by_momentum = train_minibatches(
            network,
            *data,
            SGD(lr, momentum),
            n_epochs=n_epochs,
            batch_size=batch_size,
            rng=rng,
        )
        set_weights(network, initial_weights)
        by_lbfgs = train_lbfgs(network, *data, max_iterations=max_iterations)
        accuracies[:, run] = by_momentum.test_accuracy[-1], by_lbfgs.test_accuracy[-1]
    return accuracies
