"""
ru: Градиенты собраны из .grad, который накапливается от объекта к объекту.
en: The gradients are read from .grad, which adds up from example to example.
"""

import torch
from torch import nn

FAILS = ["per_sample_values", "per_sample_untouched"]


def per_sample_gradients(model, inputs, targets):
    gradients = {name: [] for name, _ in model.named_parameters()}
    for i in range(len(inputs)):
        nn.functional.cross_entropy(model(inputs[i : i + 1]), targets[i : i + 1]).backward()
        for name, parameter in model.named_parameters():
            gradients[name].append(parameter.grad.clone())
    return {name: torch.stack(values) for name, values in gradients.items()}
