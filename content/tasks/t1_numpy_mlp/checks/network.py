"""Checks of the network as a whole: how it is put together, its predictions, loss and gradient.

The oracles: finite differences of the loss, where the network is written out by other means. What
walks through layers is checked on layers of the checks' own, which a mistake in Dense cannot touch.
"""

from itertools import pairwise

import numpy as np
from scipy.special import log_softmax

from praktikum.checks import check, close, equal
from praktikum.scratch.activations import Tanh
from praktikum.scratch.layers import Layer

from .finite_differences import finite_differences
from .layers import LAYERS
from .losses import LOSS

# What other checks stand on: if one of these fails, a failure further up is put down to it.
NETWORK = ["network_structure", "network_gradient"]


def depths_to_build(rng):
    return [int(depth) for depth in rng.permutation([1, 2, 4])]


@check(part="training", points="0.2")
def network_structure(sub, rng):
    """
    ru: make_network собирает нужные слои нужных размеров с нужными начальными весами.
    en: make_network assembles the right layers of the right sizes with the right initial weights.
    hint ru: n_layers считает слои Dense. После последнего из них нет активации, но есть LogSoftmax.
    hint en: n_layers counts Dense layers. After the last there is no activation, but a LogSoftmax.
    """

    def init(fan_in, fan_out, _rng):
        return np.full((fan_out, fan_in), fan_in + fan_out / 100)

    observed = {}
    for depth in depths_to_build(rng):
        network = sub.make_network(7, 5, 3, depth, sub.ReLU, init=init)
        observed[f"layers_of_{depth}"] = [type(layer).__name__ for layer in network]
        observed[f"weights_of_{depth}"] = sub.get_weights(network)
        observed[f"shared_layers_of_{depth}"] = len(network) - len({id(layer) for layer in network})
    network = sub.make_network(7, 5, 3, 2, Tanh, batch_norm=True, dropout=0.25)
    return observed | {"layers_with_all": [type(layer).__name__ for layer in network]}


@network_structure.expects
def _(rng):
    expected = {}
    for depth in depths_to_build(rng):
        sizes = [7, *[5] * (depth - 1), 3]
        weights = [
            np.append(np.full(fan_in * fan_out, fan_in + fan_out / 100), np.zeros(fan_out))
            for fan_in, fan_out in pairwise(sizes)
        ]
        layers = ["Dense", "ReLU"] * (depth - 1) + ["Dense", "LogSoftmax"]
        expected[f"layers_of_{depth}"] = equal(layers)
        expected[f"weights_of_{depth}"] = close(np.concatenate(weights))
        expected[f"shared_layers_of_{depth}"] = equal(0)
    with_all = ["Dense", "BatchNorm", "Tanh", "Dropout", "Dense", "LogSoftmax"]
    return expected | {"layers_with_all": equal(with_all)}


class Modulate(Layer):
    """A layer of the checks' own, x + a·sin(x·b): each feature has an a and a b."""

    def __init__(self, a, b):
        self.a, self.b, self.modes = a.copy(), b.copy(), []

    def parameters(self):
        return [self.a, self.b]

    def forward(self, input):
        self.input = input
        self.modes.append(self.training)
        return input + self.a * np.sin(input * self.b)

    def backward(self, grad_output):
        cosine = self.a * np.cos(self.input * self.b)
        grad_a = (grad_output * np.sin(self.input * self.b)).sum(axis=0)
        grad_b = (grad_output * cosine * self.input).sum(axis=0)
        return grad_output * (1 + cosine * self.b), np.concatenate([grad_a, grad_b])


def modulated_case(rng):
    """Return the parameters (3 layers, a and b, 4 features), inputs and right classes."""
    return rng.normal(size=(3, 2, 4)), rng.normal(size=(6, 4)), rng.integers(4, size=6)


@check(part="training", points="0.2")
def forward_and_predict(sub, rng):
    """
    ru: forward проходит слои по порядку; predict даёт классы, считая в режиме применения.
    en: forward goes through the layers in order; predict gives classes, in evaluation mode.
    hint ru: После predict каждый слой снова в том режиме, в котором был.
    hint en: After predict each layer is again in the mode in which it was.
    """
    params, X, _ = modulated_case(rng)
    network = [Modulate(a, b) for a, b in params]
    network[1].eval()
    output = sub.forward(network, X)
    classes = sub.predict(network, X)
    return {
        "output": output,
        "classes": classes,
        "training_in_forward_and_predict": [layer.modes for layer in network],
        "training_afterwards": [layer.training for layer in network],
    }


@forward_and_predict.expects
def _(rng):
    params, output, _ = modulated_case(rng)
    for a, b in params:
        output = output + a * np.sin(output * b)
    return {
        "output": close(output),
        "classes": equal([int(row.argmax()) for row in output]),
        "training_in_forward_and_predict": equal([[True, False], [False, False], [True, False]]),
        "training_afterwards": equal([True, False, True]),
    }


@check(part="training", points="0.25", needs=[*LOSS, "forward_and_predict"])
def loss_and_gradient(sub, rng):
    """
    ru: compute_loss_grad ставит веса, даёт потери и градиент в порядке get_weights.
    en: compute_loss_grad sets the weights, gives the loss and the gradient in get_weights' order.
    hint ru: Обратный проход идёт с конца, а градиент собирается с начала.
    hint en: The backward pass goes from the end, the gradient is joined from the beginning.
    """
    params, X, y = modulated_case(rng)
    network = [Modulate(*np.zeros((2, 4))) for _ in params]
    loss, grad = sub.compute_loss_grad(params.ravel(), (network, X, y))
    return {"loss": loss, "grad": grad, "weights_of_network": sub.get_weights(network)}


@loss_and_gradient.expects
def _(rng):
    params, X, y = modulated_case(rng)

    def loss(weights):
        output = X
        for a, b in weights.reshape(3, 2, 4):
            output = output + a * np.sin(output * b)
        return -np.mean(output[np.arange(6), y])

    return {
        "loss": close(loss(params)),
        "grad": close(finite_differences(loss, params.ravel()), atol=1e-7),
        "weights_of_network": close(params.ravel()),
    }


def perceptron_case(rng):
    """Return flat weights of a 5-6-6-3 perceptron, inputs and right classes."""
    sizes = [5, 6, 6, 3]
    n_weights = sum((a + 1) * b for a, b in pairwise(sizes))
    return rng.normal(size=n_weights), rng.normal(size=(7, 5)), rng.integers(3, size=7)


@check(
    part="training",
    points="0.1",
    needs=[*LAYERS, "layers_leave_arguments", "network_structure", "loss_and_gradient"],
)
def network_gradient(sub, rng):
    """
    ru: Градиент целого перцептрона по всем весам сходится с численным.
    en: The gradient of a whole perceptron by all its weights agrees with the numerical one.
    """
    weights, X, y = perceptron_case(rng)
    network = sub.make_network(5, 6, 3, 3, sub.ReLU)
    loss, grad = sub.compute_loss_grad(weights, (network, X, y))
    return {"loss": loss, "grad": grad}


@network_gradient.expects
def _(rng):
    weights, X, y = perceptron_case(rng)

    def loss(flat):
        w1, b1, w2, b2, w3, b3 = np.split(flat, np.cumsum([30, 6, 36, 6, 18]))
        hidden = np.clip(np.einsum("oi,bi->bo", w1.reshape(6, 5), X) + b1, 0, None)
        hidden = np.clip(np.einsum("oi,bi->bo", w2.reshape(6, 6), hidden) + b2, 0, None)
        logits = np.einsum("oi,bi->bo", w3.reshape(3, 6), hidden) + b3
        return -log_softmax(logits, axis=1)[np.arange(7), y].mean()

    gradient = finite_differences(loss, weights, eps=1e-7)
    return {"loss": close(loss(weights)), "grad": close(gradient, rtol=1e-5, atol=1e-6)}
