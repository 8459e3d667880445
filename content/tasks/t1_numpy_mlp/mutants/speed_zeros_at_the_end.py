"""
ru: У запуска, который закончился раньше, конец строки — нули.
en: A run that stopped earlier has zeros at the end of its row.
"""

import numpy as np

FAILS = ["initialisation_speed"]


def loss_by_initialisation(
    data,
    depth=3,
    n_runs=5,
    *,
    rng,
    initialisations=tuple(INITIALISATIONS.values()),
    hidden_size=32,
    max_iterations=50,
):
    losses = np.zeros((len(initialisations), n_runs, max_iterations + 1))
    for j, init in enumerate(initialisations):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, depth, ReLU, init=init, rng=rng
            )
            loss = train_lbfgs(network, *data, max_iterations=max_iterations).loss
            losses[j, run, : len(loss)] = loss
    return losses
