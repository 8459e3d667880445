"""Checks of what layers do beside the right values: the dtype they give, the arrays they spare."""

import numpy as np

from praktikum.checks import check, close, equal

from .layers import LAYERS, dense_case, dense_layer


def forward_and_backward(sub, rng, dtype):
    """Yield the name of each layer, its input, grad_output, output and gradients."""
    weight, bias, input, _ = dense_case(rng)
    for layer in (sub.ReLU(), sub.LogSoftmax(), dense_layer(sub, weight, bias, dtype)):
        batch = input.astype(dtype)
        output = layer.forward(batch)
        grad_output = np.ones_like(output)
        yield type(layer).__name__, batch, grad_output, output, layer.backward(grad_output)


@check(part="network", points="0.15", needs=LAYERS)
def layers_in_single_precision(sub, rng):
    """
    ru: Из float32 слои делают float32: и выход, и градиенты.
    en: Out of float32 the layers make float32: the output and the gradients.
    hint ru: Массивы из np.zeros и astype(float) имеют тип float64 и повышают всё, чего касаются.
    hint en: Arrays of np.zeros and astype(float) are float64 and promote all that they touch.
    """
    return {
        name: [str(output.dtype), *(str(each.dtype) for each in grads if np.size(each))]
        for name, _, _, output, grads in forward_and_backward(sub, rng, np.float32)
    }


@layers_in_single_precision.expects
def _(rng):
    del rng
    return {
        "ReLU": equal(["float32"] * 2),
        "LogSoftmax": equal(["float32"] * 2),
        "Dense": equal(["float32"] * 3),
    }


@check(part="network", points="0.15", needs=LAYERS)
def layers_leave_arguments(sub, rng):
    """
    ru: Слои не портят ни вход, ни пришедший градиент.
    en: The layers spoil neither their input nor the incoming gradient.
    hint ru: Операции вида x *= … и x[…] = … меняют чужой массив.
    hint en: Operations such as x *= … and x[…] = … change somebody else's array.
    """
    arrays = {}
    for name, batch, grad_output, _, _ in forward_and_backward(sub, rng, np.float64):
        arrays |= {f"input_of_{name}": batch, f"grad_output_of_{name}": grad_output}
    return arrays


@layers_leave_arguments.expects
def _(rng):
    _, _, input, _ = dense_case(rng)
    expected = {}
    for name, n_outputs in (("ReLU", 4), ("LogSoftmax", 4), ("Dense", 3)):
        expected[f"input_of_{name}"] = close(input)
        expected[f"grad_output_of_{name}"] = close(np.ones((6, n_outputs)))
    return expected
