"""Weights of layers that are drawn from nothing but a seed and a name, so that both halves have them."""

import zlib

import numpy as np
import torch


def drawn(seed, name, shape):
    """Return the parameter of that name; variances are positive."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    values = rng.normal(0, 0.4, size=tuple(shape))
    return np.abs(values) + 0.5 if name.endswith("running_var") else values


def with_weights(layer, seed):
    """Return the layer in float64 with drawn parameters and running statistics."""
    layer = layer.double()
    with torch.no_grad():
        for name, tensor in layer.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.from_numpy(drawn(seed, name, tensor.shape)))
    return layer
