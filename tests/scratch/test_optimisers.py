"""Optimisers against torch.optim, step by step."""

import numpy as np
import pytest
import torch

from praktikum.scratch.errors import SettingError
from praktikum.scratch.optimisers import SGD, AdaGrad, Adam, Nesterov, Optimiser, RMSProp

PEERS = [
    pytest.param(SGD(0.1), lambda p: torch.optim.SGD(p, 0.1), id="SGD"),
    pytest.param(SGD(0.1, 0.9), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), id="momentum"),
    pytest.param(
        Nesterov(0.1, 0.8),
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.8, nesterov=True),
        id="Nesterov",
    ),
    pytest.param(AdaGrad(0.2), lambda p: torch.optim.Adagrad(p, 0.2), id="AdaGrad"),
    pytest.param(RMSProp(0.03, 0.9), lambda p: torch.optim.RMSprop(p, 0.03, 0.9), id="RMSProp"),
    pytest.param(Adam(0.05), lambda p: torch.optim.Adam(p, 0.05), id="Adam"),
    pytest.param(
        Adam(0.05, (0.7, 0.8), 1e-3),
        lambda p: torch.optim.Adam(p, 0.05, (0.7, 0.8), 1e-3),
        id="Adam-settings",
    ),
]
ALL = [SGD, Nesterov, AdaGrad, RMSProp, Adam]


@pytest.mark.parametrize(("ours", "theirs"), PEERS)
def test_every_step_is_that_of_torch(ours, theirs, rng):
    weights = rng.normal(size=6)
    parameter = torch.nn.Parameter(torch.tensor(weights))
    peer = theirs([parameter])
    for _ in range(25):
        grad = rng.normal(size=6)
        grad[0] = 0.0  # a weight that is never used must not turn into 0 / 0
        parameter.grad = torch.tensor(grad)
        peer.step()
        weights = ours.step(weights, grad)
        np.testing.assert_allclose(weights, parameter.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("optimiser", ALL)
def test_a_quadratic_bowl_is_descended(optimiser, rng):
    weights, instance = rng.uniform(-1, 1, size=4), optimiser(lr=0.05)
    for _ in range(600):
        weights = instance.step(weights, weights)  # the gradient of ‖w‖² / 2 is w
    assert np.abs(weights).max() < 0.1


@pytest.mark.parametrize("optimiser", ALL)
def test_a_step_returns_a_new_array_of_the_same_dtype(optimiser):
    weights = np.ones(3, np.float32)
    instance = optimiser(lr=0.1)
    assert isinstance(instance, Optimiser)
    for _ in range(2):
        stepped = instance.step(weights, np.ones(3, np.float32))
        assert stepped.dtype == np.float32
    np.testing.assert_array_equal(weights, 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(-0.1), "lr must be at least 0 and below inf, got -0.1"),
        (lambda: SGD(0.1, 1.0), "momentum must be at least 0 and below 1, got 1"),
        (lambda: Nesterov(0.1, -0.5), "momentum must be at least 0 and below 1, got -0.5"),
        (lambda: AdaGrad(0.1, -1.0), "eps must be at least 0 and below inf, got -1"),
        (lambda: RMSProp(0.1, 2.0), "alpha must be at least 0 and below 1, got 2"),
        (lambda: Adam(0.1, (0.9, 1.0)), r"betas\[1\] must be at least 0 and below 1, got 1"),
    ],
)
def test_a_setting_out_of_range_is_named(make, message):
    with pytest.raises(SettingError, match=message):
        make()
