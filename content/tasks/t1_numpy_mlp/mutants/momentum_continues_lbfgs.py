"""
ru: Импульс продолжает с весов, до которых дошёл L-BFGS.
en: Momentum goes on from the weights at which L-BFGS arrived.
"""

import numpy as np

FAILS = ["momentum_and_lbfgs"]


def momentum_against_lbfgs(
    data,
    n_runs=5,
    *,
    rng,
    lr=0.1,
    momentum=0.9,
    n_epochs=30,
    batch_size=32,
    n_layers=3,
    hidden_size=32,
    max_iterations=200,
):
    accuracies = np.empty((2, n_runs))
    for run in range(n_runs):
        network = make_network(
            data.n_features, hidden_size, data.n_classes, n_layers, ReLU, rng=rng
        )
        by_lbfgs = train_lbfgs(network, *data, max_iterations=max_iterations)
        by_momentum = train_minibatches(
            network,
            *data,
            SGD(lr, momentum),
            n_epochs=n_epochs,
            batch_size=batch_size,
            rng=rng,
        )
        accuracies[:, run] = by_momentum.test_accuracy[-1], by_lbfgs.test_accuracy[-1]
    return accuracies
