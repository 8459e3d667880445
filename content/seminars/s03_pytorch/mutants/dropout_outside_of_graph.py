"""
ru: Масштаб применён под no_grad, и градиент его не видит.
en: The scale is applied outside of the graph, so the gradient doesn't see it.
"""

import torch

FAILS = ["dropout_gradient"]


def inverted_dropout(input, p, training, generator=None):
    if not training:
        return input
    output = input * (torch.rand(input.shape, generator=generator) >= p)
    output.data.div_(1 - p)
    return output
