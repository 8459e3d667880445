"""Checks of SGD with momentum, of training by mini-batches with it, and of both against L-BFGS-B.

The oracles: the path of momentum as a sum over past gradients, gradient descent on softmax
regression by its formulas.
"""

import numpy as np
from scipy.special import log_softmax

from praktikum.checks import between, check, close, equal

from .data import disguised_digits, overlapping_classes
from .network import NETWORK
from .training import TRAINING


def momentum_case(rng):
    """Return lr, momentum, weights and the gradients of five steps."""
    return (
        rng.uniform(0.05, 0.5),
        rng.uniform(0.3, 0.95),
        rng.normal(size=6),
        rng.normal(size=(5, 6)),
    )


@check(part="bonus_optimiser", points="0.2")
def momentum_steps(sub, rng):
    """
    ru: Пять шагов SGD с импульсом ведут туда, куда должны, и данный массив весов не портят.
    en: Five steps of SGD with momentum lead where they must, and spoil no array of weights.
    hint ru: Скорость живёт между шагами, а перед первым равна нулю.
    hint en: The velocity lives from step to step and is zero before the first.
    """
    lr, momentum, weights, grads = momentum_case(rng)
    optimiser = sub.SGD(lr, momentum)
    path = [weights]
    for grad in grads:
        path.append(optimiser.step(path[-1], grad))
    return {"path": path}


@momentum_steps.expects
def _(rng):
    lr, momentum, weights, grads = momentum_case(rng)
    # A gradient adds up to lr · (1 + m + m² + …) of itself, a term more with every step.
    age = np.subtract.outer(np.arange(6), np.arange(5))
    share = np.where(age > 0, (1 - momentum ** np.maximum(age, 0)) / (1 - momentum), 0)
    return {"path": close(weights - lr * share @ grads)}


class Recorded:
    """An optimiser that notes gradients and goes straight down by ``lr``."""

    def __init__(self, lr):
        self.lr, self.grads = lr, []

    def step(self, weights, grad):
        self.grads.append(np.array(grad))
        return weights - self.lr * grad


@check(part="bonus_optimiser", points="0.15", needs=NETWORK)
def minibatch_training(sub, rng):
    """
    ru: За эпоху каждый объект встречается ровно один раз, порядок всякий раз новый.
    en: In an epoch each example comes exactly once, in an order that is new each time.
    """
    data, _ = overlapping_classes(rng)

    def train(lr, n_epochs, batch_size):
        network = sub.make_network(4, 5, 3, 1, sub.ReLU, init=lambda i, o, _: np.zeros((o, i)))
        optimiser = Recorded(lr)
        history = sub.train_minibatches(
            network, *data, optimiser, n_epochs=n_epochs, rng=rng, batch_size=batch_size
        )
        return sub.get_weights(network), np.array(optimiser.grads), len(history.loss)

    weights, _, n_entries = train(0.5, 3, 150)
    _, grads, _ = train(0.0, 2, 60)
    return {
        "weights_after_three_epochs": weights,
        "n_entries_of_history": n_entries,
        "n_steps": len(grads),
        "sum_over_epoch": np.tensordot([60, 60, 30], grads[:3], 1),
        "orders_differ": not np.allclose(grads[0], grads[3]),
    }


@minibatch_training.expects
def _(rng):
    data, _ = overlapping_classes(rng)
    X = np.append(data.X_train, np.ones((150, 1)), axis=1)
    coefficients = np.zeros((3, 5))
    first = None
    for _step in range(3):
        residual = np.exp(log_softmax(X @ coefficients.T, axis=1)) - np.eye(3)[data.y_train]
        gradient = residual.T @ X / 150
        first = gradient if first is None else first
        coefficients = coefficients - 0.5 * gradient

    def flat(matrix):
        return np.append(matrix[:, :4].ravel(), matrix[:, 4])

    return {
        "weights_after_three_epochs": close(flat(coefficients)),
        "n_entries_of_history": equal(4),
        "n_steps": equal(6),
        "sum_over_epoch": close(150 * flat(first)),
        "orders_differ": equal(True),
    }


@check(
    part="bonus_optimiser",
    points="0.15",
    needs=[*TRAINING, "momentum_steps", "minibatch_training"],
)
def momentum_and_lbfgs(sub, rng):
    """
    ru: Обучают сеть оба метода; строка 0 — импульс, строка 1 — L-BFGS.
    en: Both methods train the network; row 0 is momentum, row 1 is L-BFGS.
    """
    data = disguised_digits(rng)
    untrained, trained = (
        np.asarray(
            sub.momentum_against_lbfgs(
                data,
                2,
                rng=rng,
                lr=0.05,
                n_epochs=n_epochs,
                max_iterations=40,
                n_layers=2,
                hidden_size=24,
            )
        )
        for n_epochs in (0, 20)
    )
    return {
        "accuracy_when_both_train": trained,
        "accuracy_without_epochs": untrained[0],
        "accuracy_of_lbfgs_beside_it": untrained[1],
    }


@momentum_and_lbfgs.expects
def _(rng):
    del rng
    return {
        "accuracy_when_both_train": between(0.6, 1, shape=(2, 2)),
        "accuracy_without_epochs": between(0, 0.4),
        "accuracy_of_lbfgs_beside_it": between(0.6, 1),
    }
