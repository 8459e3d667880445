"""Five functions of pure NumPy."""

import numpy as np


def standardise(X):
    """Return the columns of X with mean 0 and deviation 1."""
    return (X - X.mean(axis=0)) / X.std(axis=0)


def pairwise_distances(X, Y):
    """Return the Euclidean distances between the rows of X and of Y."""
    return np.sqrt(((X[:, None] - Y[None]) ** 2).sum(axis=2))


def softmax(logits):
    """Return the softmax over the last axis, for logits of any size."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def moving_average(values, width):
    """Return the means of all windows of ``width`` values."""
    sums = np.cumsum(np.concatenate([[0.0], values]))
    return (sums[width:] - sums[:-width]) / width


def one_hot(labels, n_classes):
    """Return a row for each label with a one in its column."""
    return np.eye(n_classes)[labels]
