"""Checks of ReLU, Dense and LogSoftmax, each forward and backward, and of the numerical gradient.

The oracles: closed forms by einsum, SciPy's log_softmax, finite differences of it.
"""

import numpy as np
from scipy.special import log_softmax

from praktikum.checks import check, close, equal

from .finite_differences import finite_differences

# What other checks stand on: if one of these fails, a failure further up is put down to it.
LAYERS = [
    "relu_forward",
    "relu_backward",
    "dense_forward",
    "dense_backward",
    "log_softmax_forward",
    "log_softmax_backward",
]


def activation_case(rng):
    input = rng.normal(size=(5, 4))
    input[1, 2], input[3, 0] = 0.0, -0.0  # the kink
    return input, rng.normal(size=(5, 4))


@check(part="network", points="0.2")
def relu_forward(sub, rng):
    """
    ru: ReLU обнуляет отрицательное и не трогает остальное.
    en: ReLU zeroes what is negative and leaves the rest alone.
    """
    return {"output": sub.ReLU().forward(activation_case(rng)[0])}


@relu_forward.expects
def _(rng):
    input, _ = activation_case(rng)
    return {"output": close((input + abs(input)) / 2)}


@check(part="network", points="0.3", needs=["relu_forward"])
def relu_backward(sub, rng):
    """
    ru: Градиент проходит через ReLU только там, где вход положителен; параметров у слоя нет.
    en: The gradient passes ReLU only where the input is positive; the layer has no parameters.
    hint ru: Правило цепочки умножает пришедший градиент. Что написано в docstring про x = 0?
    hint en: The chain rule multiplies the incoming gradient. What does the docstring say of x = 0?
    """
    input, grad_output = activation_case(rng)
    layer = sub.ReLU()
    layer.forward(input)
    grad_input, grad_params = layer.backward(grad_output)
    return {"grad_input": grad_input, "n_grad_params": np.size(grad_params)}


@relu_backward.expects
def _(rng):
    input, grad_output = activation_case(rng)
    slope = (np.sign(input) + 1) // 2  # 0 at zero: sign(0) is 0
    return {"grad_input": close(grad_output * slope), "n_grad_params": equal(0)}


def dense_case(rng):
    """Return weight (3, 4), bias, a batch of 6 inputs and gradients by its outputs."""
    return (rng.normal(size=shape) for shape in ((3, 4), 3, (6, 4), (6, 3)))


def dense_layer(sub, weight, bias, dtype=np.float64):
    layer = sub.Dense(4, 3, dtype=dtype)
    layer.weight[...], layer.bias[...] = weight, bias
    return layer


@check(part="network", points="0.2")
def dense_forward(sub, rng):
    """
    ru: Dense считает аффинное отображение каждой строки, в том числе единственной.
    en: Dense computes the affine map of each row, also of a single one.
    hint ru: Форма weight — (output_size, input_size).
    hint en: The shape of weight is (output_size, input_size).
    """
    weight, bias, input, _ = dense_case(rng)
    layer = dense_layer(sub, weight, bias)
    return {"output": layer.forward(input), "output_of_one": layer.forward(input[:1])}


@dense_forward.expects
def _(rng):
    weight, bias, input, _ = dense_case(rng)
    output = np.einsum("oi,bi->bo", weight, input) + bias
    return {"output": close(output), "output_of_one": close(output[:1])}


@check(part="network", points="0.4", needs=["dense_forward"])
def dense_backward(sub, rng):
    """
    ru: Градиенты Dense по входу, по матрице весов (строка за строкой) и по сдвигу верны.
    en: The gradients of Dense by the input, the weight (row after row) and the bias are right.
    hint ru: Если нужно, пришедший градиент уже поделён на размер батча: складывайте.
    hint en: If need be, the incoming gradient is divided by the batch size already: sum it.
    """
    weight, bias, input, grad_output = dense_case(rng)
    layer = dense_layer(sub, weight, bias)
    layer.forward(input)
    grad_input, grad_params = layer.backward(grad_output)
    return {
        "grad_input": grad_input,
        "shape_of_grad_params": np.shape(grad_params),
        "grad_weight": grad_params[: weight.size],
        "grad_bias": grad_params[weight.size :],
    }


@dense_backward.expects
def _(rng):
    weight, _, input, grad_output = dense_case(rng)
    return {
        "grad_input": close(np.einsum("bo,oi->bi", grad_output, weight)),
        "shape_of_grad_params": equal([15]),
        "grad_weight": close(np.einsum("bo,bi->oi", grad_output, input).ravel()),
        "grad_bias": close(np.einsum("bo->o", grad_output)),
    }


@check(part="network", points="0.4")
def numerical_gradient_central(sub, rng):
    """
    ru: Численный градиент — центральная разность с данным шагом, а точка остаётся прежней.
    en: The numerical gradient is the central difference with the given step; the point stays.
    hint ru: Пока двигается одно число, все остальные стоят на месте.
    hint en: While one number moves, all others stay where they are.
    """
    x = rng.normal(size=(3, 2))
    weights = rng.normal(size=(3, 2))
    gradient = sub.numerical_gradient(lambda z: float(np.sin(z * weights).sum()), x)
    coarse = sub.numerical_gradient(lambda z: float((z**3 * weights).sum()), x, 0.125)
    return {"gradient": gradient, "with_a_coarse_step": coarse, "x_afterwards": x}


@numerical_gradient_central.expects
def _(rng):
    x = rng.normal(size=(3, 2))
    weights = rng.normal(size=(3, 2))
    return {
        "gradient": close(weights * np.cos(x * weights), rtol=1e-7, atol=1e-8),
        # of a cube the central difference is known exactly, error included
        "with_a_coarse_step": close(weights * (3 * x**2 + 0.125**2), rtol=1e-9),
        "x_afterwards": close(x, rtol=1e-12, atol=1e-12),
    }


def logits_case(rng):
    return rng.normal(scale=2, size=(5, 4)), rng.normal(size=(5, 4))


@check(part="network", points="0.25")
def log_softmax_forward(sub, rng):
    """
    ru: LogSoftmax возвращает логарифмы вероятностей для каждой строки, в том числе единственной.
    en: LogSoftmax returns the log-probabilities of each row, also of a single one.
    """
    logits, _ = logits_case(rng)
    layer = sub.LogSoftmax()
    return {"log_probs": layer.forward(logits), "log_probs_of_one": layer.forward(logits[:1])}


@log_softmax_forward.expects
def _(rng):
    log_probs = log_softmax(logits_case(rng)[0], axis=1)
    return {"log_probs": close(log_probs), "log_probs_of_one": close(log_probs[:1])}


def large_logits(rng):
    """Rows around 10⁴, around -10⁴, and from one to the other."""
    spread = rng.normal(size=(3, 4))
    return (
        spread + 1e4 * np.array([[1], [-1], [0]]) + 1e4 * np.array([[0], [0], [1]]) * [1, -1, 0, 1]
    )


@check(part="network", points="0.25", needs=["log_softmax_forward"])
def log_softmax_large(sub, rng):
    """
    ru: LogSoftmax верен и для логитов порядка ±10⁴.
    en: LogSoftmax holds for logits of the order of ±10⁴ too.
    hint ru: Что изменится в softmax, если из всей строки вычесть одно и то же число?
    hint en: What changes in softmax if one number is subtracted from a whole row?
    """
    with np.errstate(all="ignore"):
        return {"log_probs": sub.LogSoftmax().forward(large_logits(rng))}


@log_softmax_large.expects
def _(rng):
    return {"log_probs": close(log_softmax(large_logits(rng), axis=1))}


@check(part="network", points="0.4", needs=["log_softmax_forward"])
def log_softmax_backward(sub, rng):
    """
    ru: Градиент LogSoftmax верен для любого пришедшего градиента.
    en: The gradient of LogSoftmax is right for any incoming gradient.
    hint ru: Каждый выход строки зависит от всех её логитов: сколько слагаемых у производной?
    hint en: Each output of a row depends on all its logits: how many terms has the derivative?
    """
    logits, grad_output = logits_case(rng)
    layer = sub.LogSoftmax()
    layer.forward(logits)
    grad_input, grad_params = layer.backward(grad_output)
    return {"grad_input": grad_input, "n_grad_params": np.size(grad_params)}


@log_softmax_backward.expects
def _(rng):
    logits, grad_output = logits_case(rng)
    gradient = finite_differences(lambda z: np.sum(log_softmax(z, axis=1) * grad_output), logits)
    return {"grad_input": close(gradient, rtol=1e-6, atol=1e-7), "n_grad_params": equal(0)}
