"""
ru: Инициализация не передана в сеть.
en: The initialisation is not passed to the network.
"""

import numpy as np

FAILS = ["initialisation_effect", "initialisation_networks"]


def accuracy_by_initialisation(
    data,
    depths=(3, 4, 5),
    n_runs=5,
    *,
    rng,
    initialisations=tuple(INITIALISATIONS.values()),
    hidden_size=32,
    max_iterations=200,
):
    accuracies = np.empty((len(depths), len(initialisations), n_runs))
    for i, depth in enumerate(depths):
        for j, init in enumerate(initialisations):
            for run in range(n_runs):
                network = make_network(
                    data.n_features, hidden_size, data.n_classes, depth, ReLU, rng=rng
                )
                history = train_lbfgs(network, *data, max_iterations=max_iterations)
                accuracies[i, j, run] = history.test_accuracy[-1]
    return accuracies
