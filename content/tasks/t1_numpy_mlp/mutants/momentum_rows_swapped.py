"""
ru: Строки перепутаны: первым идёт L-BFGS.
en: The rows are swapped: L-BFGS comes first.
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
        start = get_weights(network)
        by_momentum = train_minibatches(
            network,
            *data,
            SGD(lr, momentum),
            n_epochs=n_epochs,
            batch_size=batch_size,
            rng=rng,
        )
        set_weights(network, start)
        by_lbfgs = train_lbfgs(network, *data, max_iterations=max_iterations)
        accuracies[:, run] = by_lbfgs.test_accuracy[-1], by_momentum.test_accuracy[-1]
    return accuracies
