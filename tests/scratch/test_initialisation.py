"""Initialisations: their moments against the papers and torch, and that they keep a signal."""

from functools import partial

import numpy as np
import pytest
import torch

from praktikum.scratch.activations import ReLU, Tanh
from praktikum.scratch.initialisation import (
    kaiming_normal,
    kaiming_uniform,
    normal,
    xavier_normal,
    xavier_uniform,
)
from praktikum.scratch.layers import Dense

PEERS = [
    pytest.param(partial(normal, std=0.03), partial(torch.nn.init.normal_, std=0.03), id="normal"),
    pytest.param(xavier_normal, torch.nn.init.xavier_normal_, id="xavier_normal"),
    pytest.param(xavier_uniform, torch.nn.init.xavier_uniform_, id="xavier_uniform"),
    pytest.param(
        kaiming_normal,
        partial(torch.nn.init.kaiming_normal_, nonlinearity="relu"),
        id="kaiming_normal",
    ),
    pytest.param(
        kaiming_uniform,
        partial(torch.nn.init.kaiming_uniform_, nonlinearity="relu"),
        id="kaiming_uniform",
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), PEERS)
def test_the_distribution_is_that_of_torch(ours, theirs, rng):
    weight = ours(400, 200, rng)
    generator = torch.Generator().manual_seed(0)
    expected = theirs(torch.empty(200, 400), generator=generator).numpy()
    assert weight.shape == (200, 400)
    levels = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] if "uniform" in str(ours) else [0.05, 0.5, 0.95]
    # 80,000 draws: a middle quantile is known to about half a per cent of the deviation.
    np.testing.assert_allclose(
        np.quantile(weight, levels), np.quantile(expected, levels), atol=0.03 * expected.std()
    )


@pytest.mark.parametrize(
    ("init", "activation", "n_layers"), [(kaiming_normal, ReLU, 30), (kaiming_uniform, ReLU, 30)]
)
def test_a_signal_survives_thirty_layers(init, activation, n_layers, rng):
    signal = rng.normal(size=(100, 256))
    for _ in range(n_layers):
        signal = activation().forward(Dense(256, 256, init=init, rng=rng).forward(signal))
    assert 0.1 < (signal**2).mean() < 10


def test_xavier_keeps_the_variance_of_a_gradient_in_a_square_layer(rng):
    dense, tanh = Dense(300, 300, init=xavier_normal, rng=rng), Tanh()
    tanh.forward(dense.forward(1e-3 * rng.normal(size=(200, 300))))
    grad_output = rng.normal(size=(200, 300))
    grad_input, _ = dense.backward(tanh.backward(grad_output)[0])
    assert grad_input.var() == pytest.approx(grad_output.var(), rel=0.05)


def test_a_generator_determines_the_weights():
    first, second = (kaiming_normal(4, 3, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
