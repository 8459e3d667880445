"""Experiments: shapes, ranges, repeatability and the effects that must be there."""

import numpy as np
import pytest

from praktikum.scratch.digits import Split, digits_split
from praktikum.scratch.experiments import (
    INITIALISATIONS,
    accuracy_by_activation,
    accuracy_by_depth,
    accuracy_by_initialisation,
    loss_by_initialisation,
    momentum_against_lbfgs,
)
from praktikum.scratch.initialisation import kaiming_normal, normal

QUICK = {"n_runs": 1, "hidden_size": 16, "max_iterations": 40}


@pytest.fixture(scope="module")
def small():
    """Return 400 digits to train on and 200 to test on."""
    digits = digits_split()
    return Split(
        digits.X_train[:400], digits.y_train[:400], digits.X_test[:200], digits.y_test[:200]
    )


def test_depths_come_in_rows_and_runs_in_columns(small, rng):
    accuracies = accuracy_by_depth(small, (1, 3), **QUICK | {"n_runs": 2}, rng=rng)
    assert accuracies.shape == (2, 2)
    assert ((accuracies > 0.7) & (accuracies <= 1)).all()
    assert accuracies[1, 0] != accuracies[1, 1]  # every run starts from its own weights


def test_the_same_seed_gives_the_same_accuracies(small):
    first, second = (
        accuracy_by_depth(small, (2,), **QUICK, rng=np.random.default_rng(3)) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_labels_at_random_cannot_be_learned(small, rng):
    shuffled = small._replace(y_train=rng.permutation(small.y_train))
    assert accuracy_by_depth(shuffled, (2,), **QUICK, rng=rng)[0, 0] < 0.35


def test_tiny_weights_stop_a_deep_network_and_kaimings_do_not(small, rng):
    accuracies = accuracy_by_initialisation(small, (5,), **QUICK, rng=rng)
    by_name = dict(zip(INITIALISATIONS, accuracies[0, :, 0], strict=True))
    assert accuracies.shape == (1, 5, 1)
    assert by_name["normal 1e-3"] < 0.3
    assert min(by_name["Kaiming"], by_name["Xavier"]) > 0.7


def test_loss_falls_from_its_start_and_stays_where_training_stopped(small, rng):
    losses = loss_by_initialisation(
        small,
        depth=5,
        n_runs=2,
        initialisations=(kaiming_normal, lambda i, o, r: normal(i, o, r, std=1e-6)),
        max_iterations=12,
        rng=rng,
    )
    assert losses.shape == (2, 2, 13)
    assert (losses[0, :, -1] < 0.5 * losses[0, :, 0]).all()
    np.testing.assert_allclose(losses[1, :, 0], np.log(10), rtol=1e-6)
    assert (losses[1, :, -1] > 2).all()


def test_every_activation_learns(small, rng):
    accuracies = accuracy_by_activation(small, **QUICK | {"n_runs": 2}, rng=rng)
    assert accuracies.shape == (3, 2)
    assert (accuracies > 0.6).all()


def test_momentum_comes_near_to_lbfgs(small, rng):
    accuracies = momentum_against_lbfgs(small, n_runs=1, n_epochs=20, rng=rng)
    assert accuracies.shape == (2, 1)
    assert (accuracies > 0.85).all()
