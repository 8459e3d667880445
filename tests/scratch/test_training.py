"""Training on the digits, with L-BFGS and with mini-batches."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from praktikum.scratch.activations import ReLU
from praktikum.scratch.digits import Split, digits_split
from praktikum.scratch.errors import SettingError
from praktikum.scratch.network import compute_loss_grad, get_weights, make_network
from praktikum.scratch.optimisers import SGD, AdaGrad, Adam, Nesterov, RMSProp
from praktikum.scratch.training import accuracy, minibatches, train_lbfgs, train_minibatches


@pytest.fixture(scope="module")
def digits():
    return digits_split()


def digits_network(rng, **options):
    return make_network(64, 32, 10, 3, ReLU, rng=rng, **options)


def test_the_digits_are_split_as_stated(digits):
    assert (digits.X_train.shape, digits.X_test.shape) == ((1347, 64), (450, 64))
    assert (digits.X_train.min(), digits.X_train.max()) == (0, 1)
    assert (digits.n_features, digits.n_classes) == (64, 10)
    assert digits_split(dtype=np.float32).X_test.dtype == np.float32


def test_lbfgs_learns_the_digits(digits, rng):
    network = digits_network(rng)
    history = train_lbfgs(network, *digits)
    assert history.train_accuracy[-1] == 1
    assert history.test_accuracy[-1] >= 0.95
    assert accuracy(network, digits.X_test, digits.y_test) == history.test_accuracy[-1]


def test_lbfgs_works_in_float32(rng):
    network = digits_network(rng, dtype=np.float32)
    history = train_lbfgs(network, *digits_split(dtype=np.float32), max_iterations=100)
    assert history.test_accuracy[-1] >= 0.95
    assert get_weights(network).dtype == np.float32


def test_one_layer_is_logistic_regression(digits, rng):
    small = Split(*(array[:200] for array in digits))
    network = make_network(64, 1, 10, 1, ReLU, rng=rng)
    history = train_lbfgs(network, *small, max_iterations=1000)
    peer = LogisticRegression(C=np.inf, max_iter=1000).fit(small.X_train, small.y_train)
    assert history.loss[-1] < 1e-3  # 64 features separate 200 digits
    assert accuracy(network, *small[2:]) == pytest.approx(peer.score(*small[2:]), abs=0.03)


def test_the_history_starts_before_the_first_iteration_and_follows_scipy(digits, rng):
    small = Split(*(array[:100] for array in digits))
    network = digits_network(rng)
    start = get_weights(network)
    losses = [compute_loss_grad(start, (network, *small[:2]))[0]]
    minimize(
        compute_loss_grad,
        start,
        args=((digits_network(rng), *small[:2]),),
        method="L-BFGS-B",
        jac=True,
        options={"maxiter": 7},
        callback=lambda intermediate_result: losses.append(intermediate_result.fun),
    )
    history = train_lbfgs(network, *small, max_iterations=7)
    assert len(history.test_accuracy) == len(history.train_accuracy) == 8
    np.testing.assert_allclose(history.loss, losses, rtol=1e-9)


@pytest.mark.parametrize(
    "optimiser",
    [SGD(0.1, 0.9), Nesterov(0.1), AdaGrad(0.05), RMSProp(1e-3), Adam(3e-3)],
    ids=lambda optimiser: type(optimiser).__name__,
)
def test_minibatches_learn_the_digits(optimiser, digits, rng):
    network = digits_network(rng)
    history = train_minibatches(network, *digits, optimiser, n_epochs=25, rng=rng)
    assert len(history.loss) == 26
    assert history.test_accuracy[-1] >= 0.95
    assert accuracy(network, digits.X_test, digits.y_test) == history.test_accuracy[-1]


@pytest.mark.parametrize("options", [{"dropout": 0.1}, {"batch_norm": True}], ids=str)
def test_dropout_and_batch_norm_learn_the_digits(options, digits, rng):
    network = digits_network(rng, **options)
    history = train_minibatches(network, *digits, Adam(3e-3), n_epochs=25, rng=rng)
    assert history.test_accuracy[-1] >= 0.95


def test_training_leaves_the_network_in_the_mode_it_was_in(digits, rng):
    network = digits_network(rng, dropout=0.1)
    train_minibatches(network, *digits, Adam(), n_epochs=1, rng=rng)
    assert all(layer.training for layer in network)


@pytest.mark.parametrize(("n_examples", "batch_size"), [(10, 3), (9, 3), (2, 5), (1, 1)])
def test_an_epoch_meets_every_example_once(n_examples, batch_size, rng):
    batches = list(minibatches(n_examples, batch_size, rng))
    assert sorted(np.concatenate(batches)) == list(range(n_examples))
    assert {len(batch) for batch in batches[:-1]} <= {batch_size}


def test_epochs_differ_in_their_order(rng):
    first, second = (np.concatenate(list(minibatches(50, 8, rng))) for _ in range(2))
    assert (first != second).any()


def test_an_empty_batch_is_refused(rng):
    with pytest.raises(SettingError, match="batch_size must be at least 1, got 0"):
        next(minibatches(5, 0, rng))
