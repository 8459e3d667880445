"""
ru: Число слоёв не передано: их всегда два.
en: The number of layers is not passed on: it is always two.
"""

import numpy as np

FAILS = ["activation_networks"]


def accuracy_by_activation(
    data,
    activations=(Tanh, Sigmoid, ReLU),
    n_runs=5,
    *,
    rng,
    n_layers=3,
    hidden_size=32,
    max_iterations=200,
):
    accuracies = np.empty((len(activations), n_runs))
    for i, activation in enumerate(activations):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, 2, activation, rng=rng
            )
            history = train_lbfgs(network, *data, max_iterations=max_iterations)
            accuracies[i, run] = history.test_accuracy[-1]
    return accuracies
