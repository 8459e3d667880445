"""
ru: Потери до первого шага пропущены.
en: The loss before the first step is left out.
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
    losses = np.empty((len(initialisations), n_runs, max_iterations))
    for j, init in enumerate(initialisations):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, depth, ReLU, init=init, rng=rng
            )
            loss = train_lbfgs(network, *data, max_iterations=max_iterations).loss[1:]
            losses[j, run, : len(loss)] = loss
            losses[j, run, len(loss) :] = loss[-1]
    return losses
