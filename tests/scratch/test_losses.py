"""The negative log-likelihood against torch."""

import numpy as np
import pytest
import torch

from praktikum.scratch.gradient_check import compare_gradients, numerical_gradient
from praktikum.scratch.losses import NLL, grad_NLL


@pytest.mark.parametrize("batch", [1, 7])
def test_the_loss_and_its_gradient_are_those_of_torch(batch, rng):
    log_probs, y = rng.normal(size=(batch, 4)), rng.integers(4, size=batch)
    theirs = torch.tensor(log_probs, requires_grad=True)
    loss = torch.nn.functional.nll_loss(theirs, torch.tensor(y))
    loss.backward()
    assert NLL(log_probs, y) == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(grad_NLL(log_probs, y), theirs.grad.numpy(), rtol=1e-12)


def test_the_gradient_agrees_with_central_differences(rng):
    log_probs, y = rng.normal(size=(5, 3)), rng.integers(3, size=5)
    numerical = numerical_gradient(lambda x: NLL(x, y), log_probs)
    comparison = compare_gradients(grad_NLL(log_probs, y), numerical)
    assert comparison.agrees, comparison


def test_the_gradient_has_the_dtype_of_the_log_probabilities():
    log_probs = np.zeros((2, 3), np.float32)
    assert grad_NLL(log_probs, np.array([0, 2])).dtype == np.float32
