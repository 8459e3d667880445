"""The networks of task 1 on the tape: the gradients of the hand-written layers and of torch."""

import numpy as np
import pytest
import torch

from praktikum import scratch
from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor, no_grad

HIDDEN = 7
ACTIVATIONS = {
    scratch.ReLU: (ad.relu, torch.relu),
    scratch.Tanh: (ad.tanh, torch.tanh),
    scratch.Sigmoid: (ad.sigmoid, torch.sigmoid),
    scratch.LeakyReLU: (
        lambda x: ad.where(x > 0, x, 0.01 * x),
        torch.nn.functional.leaky_relu,
    ),
    scratch.ELU: (
        lambda x: ad.where(x > 0, x, ad.exp(ad.minimum(x, 0.0)) - 1),
        torch.nn.functional.elu,
    ),
}


@pytest.fixture
def batch(rng):
    return rng.normal(size=(40, 5)), rng.integers(0, 3, 40)


def normalise(x, gamma, beta):
    """BatchNorm in training."""
    centred = x - x.mean(0)
    return gamma * centred / ((centred * centred).mean(0) + 1e-5).sqrt() + beta


def on_tape(X, y, weights, activation, batch_norm):
    hidden = Tensor(X)
    weights = iter(weights)
    for weight, bias in zip(weights, weights, strict=True):
        hidden = ad.linear(hidden, weight, bias)
        if weight.shape[0] == HIDDEN:
            if batch_norm:
                hidden = normalise(hidden, next(weights), next(weights))
            hidden = activation(hidden)
    return ad.cross_entropy(hidden, y)


def in_torch(X, y, weights, activation, batch_norm):
    hidden = torch.tensor(X)
    weights = iter(weights)
    for weight, bias in zip(weights, weights, strict=True):
        hidden = torch.nn.functional.linear(hidden, weight, bias)
        if weight.shape[0] == HIDDEN:
            if batch_norm:
                scale_and_shift = next(weights), next(weights)
                hidden = torch.nn.functional.batch_norm(
                    hidden, None, None, *scale_and_shift, training=True
                )
            hidden = activation(hidden)
    return torch.nn.functional.cross_entropy(hidden, torch.tensor(y))


@pytest.mark.parametrize("n_layers", [1, 2, 4])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("layer", ACTIVATIONS)
def test_the_tape_the_layers_and_torch_agree(batch, rng, layer, batch_norm, n_layers):
    network = scratch.make_network(5, HIDDEN, 3, n_layers, layer, batch_norm=batch_norm, rng=rng)
    arrays = [parameter for part in network for parameter in part.parameters()]
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    activation, torch_activation = ACTIVATIONS[layer]

    loss = on_tape(*batch, ours, activation, batch_norm)
    loss.backward()
    torch_loss = in_torch(*batch, theirs, torch_activation, batch_norm)
    torch_loss.backward()
    by_hand, gradient_by_hand = scratch.compute_loss_grad(
        scratch.get_weights(network), (network, *batch)
    )

    gradient = np.concatenate([weight.grad.data.ravel() for weight in ours])
    torch_gradient = np.concatenate([weight.grad.numpy().ravel() for weight in theirs])
    scale = np.abs(torch_gradient).max()
    np.testing.assert_allclose([loss.item(), by_hand], torch_loss.item(), rtol=1e-9)
    np.testing.assert_allclose(gradient, torch_gradient, rtol=0, atol=1e-9 * scale)
    np.testing.assert_allclose(gradient, gradient_by_hand, rtol=0, atol=1e-9 * scale)


def test_a_network_on_the_tape_trains_as_the_hand_written_one(batch, rng):
    network = scratch.make_network(5, HIDDEN, 3, 3, scratch.ReLU, rng=rng)
    arrays = [parameter for part in network for parameter in part.parameters()]
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    flat = scratch.get_weights(network)
    losses, losses_by_hand = [], []
    for _ in range(200):
        loss = on_tape(*batch, ours, ad.relu, False)
        loss.backward()
        losses.append(loss.item())
        with no_grad():
            for weight in ours:
                weight -= 0.3 * weight.grad
                weight.grad = None
        by_hand, gradient = scratch.compute_loss_grad(flat, (network, *batch))
        losses_by_hand.append(by_hand)
        flat = flat - 0.3 * gradient
    np.testing.assert_allclose(losses, losses_by_hand, rtol=1e-6)
    assert losses[-1] < 0.3 * losses[0]


def test_a_small_convolutional_network_fits_eight_images(rng):
    images, labels = rng.normal(size=(8, 1, 8, 8)), np.arange(8) % 4
    shapes = [(6, 1, 3, 3), (6,), (4, 6 * 16), (4,)]
    weights = [Tensor(rng.normal(0, 0.3, shape), requires_grad=True) for shape in shapes]
    kernel, kernel_bias, dense, dense_bias = weights
    for _ in range(150):
        maps = ad.conv2d(Tensor(images), kernel, kernel_bias, padding=1).relu()
        features = ad.max_pool2d(maps, 2).reshape(8, -1)
        logits = ad.linear(features, dense, dense_bias)
        loss = ad.cross_entropy(logits, labels)
        for weight, gradient in zip(weights, ad.grad(loss, weights), strict=True):
            with no_grad():
                weight -= 0.2 * gradient
    assert (logits.data.argmax(1) == labels).all()
    assert loss.item() < 0.05
