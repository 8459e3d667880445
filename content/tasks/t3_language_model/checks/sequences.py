"""Sequences that several checks draw, and gradients that they compare."""

import torch


def sequence_case(rng, time=4, batch=3, n_inputs=5, n_hidden=3, num_layers=1):
    """Return an input, a state to start from, and a seed, for a layer of 5 inputs and 3 outputs."""
    input = torch.from_numpy(rng.normal(size=(time, batch, n_inputs)))
    state = tuple(torch.from_numpy(rng.normal(size=(num_layers, batch, n_hidden))) for _ in "hc")
    return input, state, int(rng.integers(2**31))


def seeded(seed):
    """Return a generator of torch."""
    return torch.Generator().manual_seed(seed)


def gradients(output, *leaves):
    """Return the gradients of the sum of squares of an output."""
    return [gradient.numpy() for gradient in torch.autograd.grad((output**2).sum(), leaves)]
