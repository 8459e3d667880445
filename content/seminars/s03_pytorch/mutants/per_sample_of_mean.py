"""
ru: Градиент каждого объекта поделён на размер батча.
en: The gradient of each example is divided by the size of the batch.
"""

import torch
from torch import nn

FAILS = ["per_sample_values"]


def per_sample_gradients(model, inputs, targets):
    gradients = {name: [] for name, _ in model.named_parameters()}
    for i in range(len(inputs)):
        logits = model(inputs[i : i + 1])
        loss = nn.functional.cross_entropy(logits, targets[i : i + 1]) / len(inputs)
        values = torch.autograd.grad(loss, list(model.parameters()))
        for name, value in zip(gradients, values, strict=True):
            gradients[name].append(value)
    return {name: torch.stack(values) for name, values in gradients.items()}
