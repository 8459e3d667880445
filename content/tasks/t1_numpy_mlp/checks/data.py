"""Data to train on, drawn anew each time, so that no result can be known beforehand.

Of each it is known what must come out whoever trains: one optimum, classes that no plane
separates, labels that cannot be learnt.
"""

import numpy as np

from praktikum.scratch.digits import Split, digits_split


def overlapping_classes(rng):
    """Return data on which logistic regression has one finite optimum, and unseen rows.

    The labels of the test are random, so that its accuracy differs from that of training.
    """
    X = rng.normal(size=(240, 4))
    y = (X @ rng.normal(size=(4, 3)) + rng.gumbel(size=(240, 3))).argmax(axis=1)
    y[150:] = rng.integers(3, size=90)
    y[:3] = y[150:153] = range(3)
    return Split(X[:150], y[:150], X[150:], y[150:]), rng.normal(size=(5, 4))


def disguised_digits(rng, n_train=300, n_test=150, shuffled=False):
    """Return digits with the pixel space rotated and the classes renamed at random.

    With ``shuffled`` the labels have nothing to do with the pictures.
    """
    digits = digits_split()
    rotation, _ = np.linalg.qr(rng.normal(size=(64, 64)))
    names = rng.permutation(10)
    train = rng.permutation(len(digits.X_train))[:n_train]
    test = rng.permutation(len(digits.X_test))[:n_test]
    y_train, y_test = names[digits.y_train[train]], names[digits.y_test[test]]
    if shuffled:
        y_train, y_test = rng.permutation(y_train), rng.permutation(y_test)
    return Split(digits.X_train[train] @ rotation, y_train, digits.X_test[test] @ rotation, y_test)


def rings(rng, n=400):
    """Return three classes on spheres around zero, named at random: no plane separates them."""
    sphere = np.append(rng.integers(3, size=n - 3), range(3))
    X = rng.normal(size=(n, 3))
    X *= (sphere + 0.5)[:, None] / np.linalg.norm(X, axis=1, keepdims=True)
    y = rng.permutation(3)[sphere]
    return Split(X[:200], y[:200], X[200:], y[200:])
