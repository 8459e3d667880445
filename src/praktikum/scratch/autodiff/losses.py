"""Losses of a classifier and of a regression, averaged over the batch."""

from typing import Any

import numpy as np

from .errors import ShapeError
from .indexing import plain, scatter
from .reduce import log_softmax, mean
from .tape import Array, operation

__all__ = ["cross_entropy", "mse_loss", "nll_loss"]


_nll = operation(
    lambda x, chosen, _shape: -np.mean(x[chosen]),
    # No row is chosen twice, so the same share is simply written to all.
    lambda g, _y, _x, chosen, shape: scatter(g * (-1 / shape[0]), chosen, shape, False),
    name="nll_loss",
)


def nll_loss(log_probabilities: Any, target: Array) -> Any:
    """Minus the mean of each row's log-probability of its class: (rows, classes), (rows,) → ().

    Raises ShapeError unless there is one class for each row.
    """
    shape = log_probabilities.shape
    target = np.asarray(plain(target))
    if target.shape != shape[:1] or len(shape) != 2:
        raise ShapeError(
            f"nll_loss: log-probabilities of shape {shape} must be (rows, classes), and the "
            f"target of shape {target.shape} one class for each row"
        )
    return _nll(log_probabilities, (np.arange(len(target)), target), shape)


def cross_entropy(logits: Any, target: Array) -> Any:
    """`nll_loss` of the log-softmax of the logits: (rows, classes), (rows,) → ()."""
    return nll_loss(log_softmax(logits), target)


def mse_loss(prediction: Any, target: Any) -> Any:
    """The mean of squared differences, over all elements."""
    difference = prediction - target
    return mean(difference * difference)
