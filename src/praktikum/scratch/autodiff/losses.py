"""Losses of a classifier and of a regression, averaged over the batch."""

from typing import Any

from praktikum.scratch.autodiff.indexing import pick
from praktikum.scratch.autodiff.reduce import log_softmax, mean
from praktikum.scratch.autodiff.tape import Array

__all__ = ["cross_entropy", "mse_loss", "nll_loss"]


def nll_loss(log_probabilities: Any, target: Array) -> Any:
    """Minus the mean of each row's log-probability of its class: (rows, classes), (rows,) → ()."""
    return -mean(pick(log_probabilities, target))


def cross_entropy(logits: Any, target: Array) -> Any:
    """`nll_loss` of the log-softmax of the logits: (rows, classes), (rows,) → ()."""
    return nll_loss(log_softmax(logits), target)


def mse_loss(prediction: Any, target: Any) -> Any:
    """The mean of squared differences, over all elements."""
    difference = prediction - target
    return mean(difference * difference)
