"""Checks of training with L-BFGS-B: where it arrives, and what it can and cannot learn.

The oracle: a convex problem, whose only optimum SciPy finds by another method.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from praktikum.checks import between, check, close, equal

from .data import disguised_digits, overlapping_classes
from .network import NETWORK

# What other checks stand on: if one of these fails, a failure further up is put down to it.
TRAINING = [*NETWORK, "training_finds_optimum", "training_on_digits"]


@check(part="training", points="0.15", needs=NETWORK)
def training_finds_optimum(sub, rng):
    """
    ru: Логистическая регрессия обучена до единственного оптимума, и история это показывает.
    en: Logistic regression is trained to its only optimum, and the history shows it.
    hint ru: Запись 0 сделана до первого шага. Веса в конце — те, что нашёл L-BFGS.
    hint en: Entry 0 is made before the first step. The weights in the end are those L-BFGS found.
    """
    data, unseen = overlapping_classes(rng)
    network = sub.make_network(4, 5, 3, 1, sub.ReLU, init=lambda i, o, _: np.zeros((o, i)))
    history = sub.train_lbfgs(network, *data)
    loss = np.asarray(history.loss)
    return {
        "log_probs_of_unseen": sub.forward(network, unseen),
        "first_loss": loss[0],
        "last_loss": loss[-1],
        "largest_rise_of_loss": np.diff(loss).max(),
        "n_entries": [
            len(history.train_accuracy) - len(loss),
            len(history.test_accuracy) - len(loss),
        ],
        "last_train_accuracy": history.train_accuracy[-1],
        "last_test_accuracy": history.test_accuracy[-1],
    }


@training_finds_optimum.expects
def _(rng):
    data, unseen = overlapping_classes(rng)

    def log_probs(flat, X):
        return log_softmax(X @ flat[:12].reshape(4, 3) + flat[12:], axis=1)

    def loss(flat):
        return -log_probs(flat, data.X_train)[np.arange(150), data.y_train].mean()

    def gradient(flat):
        residual = np.exp(log_probs(flat, data.X_train)) - np.eye(3)[data.y_train]
        return np.append(data.X_train.T @ residual, residual.sum(axis=0)) / 150

    best = minimize(loss, np.zeros(15), jac=gradient, method="BFGS", options={"gtol": 1e-7}).x

    def accuracy(X, y):
        share = np.mean(log_probs(best, X).argmax(axis=1) == y)
        return between(share - 0.03, share + 0.03)  # a row or two may lie on the border

    return {
        "log_probs_of_unseen": close(log_probs(best, unseen), rtol=0.02, atol=0.02),
        "first_loss": close(np.log(3)),
        "last_loss": close(loss(best), rtol=1e-4),
        "largest_rise_of_loss": between(-10, 1e-9),
        "n_entries": equal([0, 0]),
        "last_train_accuracy": accuracy(data.X_train, data.y_train),
        "last_test_accuracy": accuracy(data.X_test, data.y_test),
    }


@check(part="training", points="0.1", needs=[*NETWORK, "training_finds_optimum"])
def training_on_digits(sub, rng):
    """
    ru: Перцептрон учится различать цифры; метки, перемешанные случайно, выучить нельзя.
    en: A perceptron learns to tell digits apart; randomly shuffled labels cannot be learnt.
    """
    observed = {}
    for name, shuffled in (("digits", False), ("shuffled", True)):
        data = disguised_digits(rng, shuffled=shuffled)
        network = sub.make_network(64, 16, 10, 3, sub.ReLU, rng=rng)
        history = sub.train_lbfgs(network, *data, max_iterations=40)
        predicted = np.mean(sub.predict(network, data.X_test) == data.y_test)
        observed[f"accuracy_on_{name}"] = predicted
        observed[f"history_minus_accuracy_on_{name}"] = history.test_accuracy[-1] - predicted
        observed[f"n_iterations_on_{name}"] = len(history.loss) - 1
    return observed


@training_on_digits.expects
def _(rng):
    del rng
    return {
        "accuracy_on_digits": between(0.6, 1),
        "history_minus_accuracy_on_digits": close(0),
        "n_iterations_on_digits": between(1, 40),
        "accuracy_on_shuffled": between(0, 0.3),
        "history_minus_accuracy_on_shuffled": close(0),
        "n_iterations_on_shuffled": between(1, 40),
    }
