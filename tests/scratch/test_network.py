"""Networks as lists of layers: their make-up, weights, loss and gradient against torch."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from praktikum.scratch.activations import ReLU, Sigmoid, Tanh
from praktikum.scratch.errors import SettingError, ShapeError
from praktikum.scratch.gradient_check import compare_gradients, numerical_gradient
from praktikum.scratch.layers import Dense
from praktikum.scratch.network import (
    compute_loss_grad,
    evaluation,
    forward,
    get_weights,
    make_network,
    predict,
    set_weights,
)

TORCH_ACTIVATIONS = {ReLU: torch.nn.ReLU, Sigmoid: torch.nn.Sigmoid, Tanh: torch.nn.Tanh}


def torch_network(sizes, activation, batch_norm=False):
    modules = []
    for inputs, outputs in pairwise(sizes[:-1]):
        modules.append(torch.nn.Linear(inputs, outputs))
        modules += [torch.nn.BatchNorm1d(outputs)] if batch_norm else []
        modules.append(TORCH_ACTIVATIONS[activation]())
    return torch.nn.Sequential(*modules, torch.nn.Linear(*sizes[-2:])).double()


@pytest.mark.parametrize("activation", TORCH_ACTIVATIONS)
@pytest.mark.parametrize("n_layers", [1, 2, 3, 5])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_loss_and_gradient_are_those_of_torch(activation, n_layers, batch_norm, rng):
    network = make_network(6, 5, 4, n_layers, activation, batch_norm=batch_norm, rng=rng)
    theirs = torch_network([6] + [5] * (n_layers - 1) + [4], activation, batch_norm)
    weights = get_weights(network) + 0.1 * rng.normal(size=get_weights(network).size)
    torch.nn.utils.vector_to_parameters(torch.tensor(weights), theirs.parameters())
    X, y = rng.normal(size=(9, 6)), rng.integers(4, size=9)
    expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(y))
    expected.backward()
    loss, grad = compute_loss_grad(weights, (network, X, y))
    assert loss == pytest.approx(expected.item(), rel=1e-10)
    expected_grad = np.concatenate([p.grad.numpy().ravel() for p in theirs.parameters()])
    np.testing.assert_allclose(grad, expected_grad, rtol=1e-10, atol=1e-10)


def test_the_gradient_agrees_with_central_differences(rng):
    network = make_network(5, 4, 3, 3, Tanh, rng=rng)
    X, y = rng.normal(size=(6, 5)), rng.integers(3, size=6)
    weights = get_weights(network)
    _, grad = compute_loss_grad(weights, (network, X, y))
    numerical = numerical_gradient(lambda w: compute_loss_grad(w, (network, X, y))[0], weights)
    comparison = compare_gradients(grad, numerical)
    assert comparison.agrees, comparison


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_stays_in_the_dtype_asked_for(dtype, rng):
    network = make_network(6, 5, 4, 3, ReLU, batch_norm=True, dropout=0.2, rng=rng, dtype=dtype)
    X, y = rng.normal(size=(9, 6)).astype(dtype), rng.integers(4, size=9)
    _, grad = compute_loss_grad(get_weights(network), (network, X, y))
    assert {get_weights(network).dtype, forward(network, X).dtype, grad.dtype} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"n_layers": 1}, ["Dense", "LogSoftmax"]),
        ({"n_layers": 2}, ["Dense", "ReLU", "Dense", "LogSoftmax"]),
        (
            {"n_layers": 2, "batch_norm": True, "dropout": 0.1},
            ["Dense", "BatchNorm", "ReLU", "Dropout", "Dense", "LogSoftmax"],
        ),
    ],
)
def test_layers_come_in_the_stated_order(options, names):
    network = make_network(6, 5, 4, activation_class=ReLU, **options)
    assert [type(layer).__name__ for layer in network] == names


@pytest.mark.parametrize("n_layers", [1, 2, 3, 4, 5])
def test_n_layers_counts_dense_layers_of_the_asked_sizes(n_layers):
    network = make_network(6, 5, 4, n_layers, ReLU)
    shapes = [layer.weight.shape for layer in network if isinstance(layer, Dense)]
    sizes = [6] + [5] * (n_layers - 1) + [4]
    assert shapes == list(zip(sizes[1:], sizes[:-1], strict=True))


def test_weights_come_back_as_they_were_set(rng):
    network = make_network(6, 5, 4, 3, ReLU, batch_norm=True)
    weights = rng.normal(size=get_weights(network).size)
    set_weights(network, weights)
    np.testing.assert_array_equal(get_weights(network), weights)


def test_prediction_is_the_most_probable_class_and_does_not_see_dropout(rng):
    network = make_network(6, 5, 4, 3, ReLU, dropout=0.5, rng=rng)
    X = rng.normal(size=(9, 6))
    with evaluation(network):
        expected = forward(network, X).argmax(axis=1)
    np.testing.assert_array_equal(predict(network, X), expected)
    assert all(layer.training for layer in network)


def test_evaluation_restores_every_mode_after_an_error():
    network = make_network(6, 5, 4, 2, ReLU, batch_norm=True)
    network[1].eval()
    with pytest.raises(ZeroDivisionError), evaluation(network):
        _ = 1 // 0
    assert [layer.training for layer in network] == [True, False, True, True, True]


def test_the_order_of_examples_changes_nothing(rng):
    network = make_network(6, 5, 4, 3, ReLU, rng=rng)
    X, y, order = rng.normal(size=(9, 6)), rng.integers(4, size=9), rng.permutation(9)
    loss, grad = compute_loss_grad(get_weights(network), (network, X, y))
    loss_after, grad_after = compute_loss_grad(get_weights(network), (network, X[order], y[order]))
    assert loss_after == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(grad_after, grad, rtol=1e-10, atol=1e-13)


def test_a_student_layer_that_copies_freely_serves_as_well(rng):
    class PlainDense(Dense):
        def forward(self, input):
            self.input = input
            return input @ self.weight.T + self.bias

        def backward(self, grad_output):
            grad_weight = grad_output.T @ self.input
            grads = np.concatenate([grad_weight.ravel(), grad_output.sum(axis=0)])
            return grad_output @ self.weight, grads

    network = make_network(6, 5, 4, 3, ReLU, rng=rng)
    plain = [
        PlainDense(*layer.weight.T.shape) if isinstance(layer, Dense) else layer
        for layer in make_network(6, 5, 4, 3, ReLU)
    ]
    args = rng.normal(size=(9, 6)), rng.integers(4, size=9)
    loss, grad = compute_loss_grad(get_weights(network), (network, *args))
    plain_loss, plain_grad = compute_loss_grad(get_weights(network), (plain, *args))
    assert plain_loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(plain_grad, grad, rtol=1e-10, atol=1e-13)


def test_a_network_without_layers_is_refused():
    with pytest.raises(SettingError, match="counts Dense layers and must be at least 1, got 0"):
        make_network(6, 5, 4, 0, ReLU)


def test_weights_of_a_wrong_length_are_refused():
    network = make_network(2, 2, 2, 1, ReLU)
    message = r"the network has 6 weights, but the flat array has the shape \(7,\); pass .*\(6,\)"
    with pytest.raises(ShapeError, match=message):
        set_weights(network, np.zeros(7))


def test_only_the_first_layer_spares_the_gradient_by_its_input(rng):
    network = make_network(6, 5, 4, 3, ReLU, rng=rng)
    assert [layer.needs_grad_input for layer in network] == [False, True, True, True, True, True]
    network[0].forward(rng.normal(size=(9, 6)))
    grad_output = rng.normal(size=(9, 5))
    spared, grad_params = network[0].backward(grad_output)
    network[0].needs_grad_input = True
    asked, same_grad_params = network[0].backward(grad_output)
    assert (spared.shape, asked.shape) == ((9, 0), (9, 6))
    np.testing.assert_array_equal(grad_params, same_grad_params)
