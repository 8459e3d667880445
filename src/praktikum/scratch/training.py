"""Training of a network: L-BFGS on the whole set, or any optimiser on mini-batches.

Both record the same history, so that their curves can be laid over each other. L-BFGS is
SciPy's (Byrd, Lu, Nocedal, Zhu, 1995); it needs the loss to be one function of the weights,
which it isn't while Dropout draws a new mask in every call: train such networks on
mini-batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import OptimizeResult, minimize

from .errors import SettingError
from .losses import NLL
from .network import (
    Network,
    compute_loss_grad,
    evaluation,
    forward,
    get_weights,
    predict,
    set_weights,
)
from .optimisers import Optimiser

__all__ = ["History", "accuracy", "minibatches", "train_lbfgs", "train_minibatches"]


@dataclass(frozen=True)
class History:
    """What was measured before the first step (entry 0) and after each iteration or epoch.

    loss:            NLL on the training set
    train_accuracy:  share of right answers on the training set, 0 to 1
    test_accuracy:   the same on the test set

    All are measured in evaluation mode.
    """

    loss: Float[np.ndarray, " entries"]
    train_accuracy: Float[np.ndarray, " entries"]
    test_accuracy: Float[np.ndarray, " entries"]


def accuracy(
    network: Network, X: Float[np.ndarray, "batch features"], y: Int[np.ndarray, " batch"]
) -> float:
    """Return the share of the rows of `X` whose predicted class is that of `y`, 0 to 1."""
    return float((predict(network, X) == y).mean())


class Recorder:
    """Collects a History while a network trains; the first entry is made at once."""

    def __init__(
        self,
        network: Network,
        X: Float[np.ndarray, "train features"],
        y: Int[np.ndarray, " train"],
        X_test: Float[np.ndarray, "test features"],
        y_test: Int[np.ndarray, " test"],
    ) -> None:
        self.network, self.X, self.y, self.X_test, self.y_test = network, X, y, X_test, y_test
        self.entries: list[tuple[float, float, float]] = []
        self.record()

    def record(self) -> None:
        """Measure the network as it is now."""
        with evaluation(self.network):
            log_probs = forward(self.network, self.X)
        train_accuracy = float((log_probs.argmax(axis=1) == self.y).mean())
        test_accuracy = accuracy(self.network, self.X_test, self.y_test)
        self.entries.append((NLL(log_probs, self.y), train_accuracy, test_accuracy))

    def history(self) -> History:
        """Return everything recorded so far."""
        return History(*np.array(self.entries).T)


def train_lbfgs(
    network: Network,
    X: Float[np.ndarray, "train features"],
    y: Int[np.ndarray, " train"],
    X_test: Float[np.ndarray, "test features"],
    y_test: Int[np.ndarray, " test"],
    *,
    max_iterations: int = 500,
) -> History:
    """Train the network on (X, y) with L-BFGS, and return the history, an entry an iteration.

    Minimise `compute_loss_grad` from the network's present weights by
    `scipy.optimize.minimize` with `method="L-BFGS-B"` and `jac=True`, at most `max_iterations`
    iterations; SciPy may converge, and stop, earlier. The callback puts the weights of the
    iteration into the network and records. In the end the network has the weights found: the
    last ones that L-BFGS tried need not be those.
    """
    recorder = Recorder(network, X, y, X_test, y_test)

    def callback(intermediate_result: OptimizeResult) -> None:
        set_weights(network, intermediate_result.x)
        recorder.record()

    result = minimize(
        compute_loss_grad,
        get_weights(network),
        args=((network, X, y),),
        method="L-BFGS-B",
        jac=True,
        callback=callback,
        options={"maxiter": max_iterations},
    )
    set_weights(network, result.x)
    return recorder.history()


def minibatches(
    n_examples: int, batch_size: int, rng: np.random.Generator
) -> Iterator[Int[np.ndarray, " batch"]]:
    """Yield the numbers of the examples of each mini-batch of one epoch.

    Every example comes exactly once, in an order drawn from `rng`. Batches have `batch_size`
    examples; the last has the rest. Raises SettingError unless batch_size >= 1.
    """
    if batch_size < 1:
        raise SettingError(f"batch_size must be at least 1, got {batch_size}")
    order = rng.permutation(n_examples)
    for start in range(0, n_examples, batch_size):
        yield order[start : start + batch_size]


def train_minibatches(
    network: Network,
    X: Float[np.ndarray, "train features"],
    y: Int[np.ndarray, " train"],
    X_test: Float[np.ndarray, "test features"],
    y_test: Int[np.ndarray, " test"],
    optimiser: Optimiser,
    *,
    n_epochs: int,
    rng: np.random.Generator,
    batch_size: int = 32,
) -> History:
    """Train the network on (X, y) with mini-batches, and return the history, an entry an epoch.

    An epoch goes over `minibatches` drawn from `rng`: for each, `compute_loss_grad` on its
    examples and one step of the optimiser from the network's present weights.
    """
    recorder = Recorder(network, X, y, X_test, y_test)
    weights = get_weights(network)
    for _ in range(n_epochs):
        for batch in minibatches(len(X), batch_size, rng):
            _, grad = compute_loss_grad(weights, (network, X[batch], y[batch]))
            weights = optimiser.step(weights, grad)
        set_weights(network, weights)
        recorder.record()
    return recorder.history()
