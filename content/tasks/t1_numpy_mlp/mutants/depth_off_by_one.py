"""
ru: depths посчитано как число скрытых слоёв.
en: depths is taken for the numbers of hidden layers.
"""

import numpy as np

FAILS = ["depth_effect"]


def accuracy_by_depth(
    data, depths=(1, 2, 3, 4, 5), n_runs=5, *, rng, hidden_size=32, max_iterations=200
):
    accuracies = np.empty((len(depths), n_runs))
    for i, depth in enumerate(depths):
        for run in range(n_runs):
            network = make_network(
                data.n_features, hidden_size, data.n_classes, depth + 1, ReLU, rng=rng
            )
            history = train_lbfgs(network, *data, max_iterations=max_iterations)
            accuracies[i, run] = history.test_accuracy[-1]
    return accuracies
