"""Weights for a network that depend on nothing but a seed and the names of its parameters."""

import re
import zlib

import numpy as np
import torch


def drawn(seed, name, shape):
    """Return the parameter of that name; its place within `squeeze` or `widen` is passed over."""
    name = re.sub(r"(squeeze|widen)\.\d+", r"\1", name)
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    fan_in = np.prod(shape[1:]) if len(shape) > 1 else 8
    return rng.normal(0, (2 / fan_in) ** 0.5, size=tuple(shape))


def with_weights(network, seed):
    """Return the network in float64 with drawn weights."""
    network = network.double()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(torch.from_numpy(drawn(seed, name, parameter.shape)))
    return network


def applied(network, *arrays):
    """Return what a network gives for arrays, as an array or a list of them."""
    with torch.no_grad():
        output = network(*(torch.from_numpy(array) for array in arrays))
    return [level.numpy() for level in output] if isinstance(output, list) else output.numpy()
