"""Weights of recurrent layers: drawn from nothing but a seed and a name, or set so as to see masks.

The second kind saturates the gates, so that what a layer says is its update g and nothing else:
a mask that was laid on something can then be read off the output.
"""

import zlib

import numpy as np
import torch

SATURATED = 40.0  # the sigmoid of it is 1 to the last bit of float64, of its negative nearly 0


def drawn(seed, name, shape):
    """Return the parameter of that name; a layer within another has the names of its own."""
    name = name.rpartition(".")[2]
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return rng.normal(0, 0.5, size=tuple(shape))


def with_weights(layer, seed):
    """Return the layer in float64 with drawn weights."""
    layer = layer.double()
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            parameter.copy_(torch.from_numpy(drawn(seed, name, parameter.shape)))
    return layer


def with_open_gates(layer, size, from_input=0.0, from_hidden=0.0, bias=0.0, *, remembers=False):
    """Return the layer in float64 as c' = c + g where it remembers, else c' = g, and h' = tanh(c').

    g is the tanh of from_input · x + from_hidden · h + bias, for each of `size` features by itself.
    """
    layer, eye = layer.double(), torch.eye(size, dtype=torch.float64)
    update = slice(2 * size, 3 * size)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.weight_ih_l0[update] = from_input * eye
        layer.weight_hh_l0[update] = from_hidden * eye
        layer.bias_ih_l0[:] = SATURATED
        layer.bias_ih_l0[size : 2 * size] = SATURATED if remembers else -SATURATED
        layer.bias_ih_l0[update] = bias
    return layer


def hiddens(layer, input, state=None):
    """Return the hidden states of a layer after every step, as an array."""
    with torch.no_grad():
        output, _ = layer(input, state)
    return output.numpy()


def told_of_mask(masks, p):
    """Return how far a mask is from 0 or 1 / (1 - p) at most, and the share of zeros in it."""
    kept = 1 / (1 - p)
    return {
        "distance from 0 or 1 / (1 - p)": np.minimum(np.abs(masks), np.abs(masks - kept)).max(),
        "share of zeros": np.mean(np.abs(masks) < kept / 2),
    }
