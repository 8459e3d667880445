"""Checks of a step over several batches.

The oracle: the formulas of softmax regression.
"""

import numpy as np
import torch
from torch import nn

from praktikum.checks import check, close, equal


def step_case(rng):
    """Batches of 5, 3 and 1 examples with 4 features, and a linear model of 3 classes."""
    batches = [(3 * rng.normal(size=(n, 4)), rng.integers(0, 3, size=n)) for n in (5, 3, 1)]
    return batches, rng.normal(size=(3, 4))


def step_made(sub, rng, max_norm):
    """Return the model after the student's step, with a gradient left over, and what it returned."""
    batches, weight = step_case(rng)
    model = nn.Linear(4, 3, bias=False, dtype=torch.float64).eval()
    model.weight.data = torch.from_numpy(weight)
    model.weight.grad = torch.ones(3, 4, dtype=torch.float64)
    tensors = [(torch.from_numpy(inputs), torch.from_numpy(labels)) for inputs, labels in batches]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    return model, sub.accumulated_step(model, optimizer, tensors, max_norm)


def softmax_gradient(rng):
    """Return the weight and the gradient of the mean cross-entropy by the formula."""
    batches, weight = step_case(rng)
    inputs = np.concatenate([inputs for inputs, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    logits = inputs @ weight.T
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    residual = odds / odds.sum(axis=1, keepdims=True) - np.eye(3)[labels]
    return weight, residual.T @ inputs / len(labels)


@check(part="step")
def step_of_all_examples(sub, rng):
    """
    ru: Шаг по батчам разного размера — это шаг по среднему всех объектов.
    en: A step over batches of different size is the step over the mean of all examples.
    hint ru: Сколько весит объект из батча в один пример? А то, что осталось в .grad?
    hint en: What is the weight of an example that is a batch of its own? And of what is left in .grad?
    """
    model, _ = step_made(sub, rng, max_norm=1e6)
    return {"weight": model.weight.detach().numpy()}


@step_of_all_examples.expects
def _(rng):
    weight, gradient = softmax_gradient(rng)
    return {"weight": close(weight - 0.5 * gradient)}


@check(part="step")
def step_clipped(sub, rng):
    """
    ru: Слишком длинный градиент укорочен до max_norm, а его длина до этого возвращена.
    en: A gradient too long is shortened to max_norm, and its length before that is returned.
    hint ru: Когда все слагаемые градиента на месте?
    hint en: When are all the terms of the gradient in place?
    """
    model, norm = step_made(sub, rng, max_norm=0.01)
    return {"weight": model.weight.detach().numpy(), "norm": norm}


@step_clipped.expects
def _(rng):
    weight, gradient = softmax_gradient(rng)
    norm = np.linalg.norm(gradient)
    # PyTorch adds 1e-6 to the norm that it divides by: the step of 0.005 is that much shorter.
    moved = 0.5 * 0.01 / norm * gradient
    return {"weight": close(weight - moved, rtol=0, atol=1e-7), "norm": close(norm)}


@check(part="step")
def step_one_graph_at_a_time(sub, rng):
    """
    ru: Прямые и обратные проходы чередуются, модель в режиме обучения.
    en: Forward and backward passes alternate, with the model in training mode.
    """
    batches, _ = step_case(rng)
    model = nn.Linear(4, 3, dtype=torch.float64).eval()
    events = []

    def watch(module, _inputs, output):
        events.append(f"forward, training={module.training}")
        output.register_hook(lambda _gradient: events.append("backward"))

    model.register_forward_hook(watch)
    tensors = [(torch.from_numpy(inputs), torch.from_numpy(labels)) for inputs, labels in batches]
    sub.accumulated_step(model, torch.optim.SGD(model.parameters(), lr=0.1), tensors, 1.0)
    return {"events": events}


@step_one_graph_at_a_time.expects
def _(rng):
    del rng
    return {"events": equal(["forward, training=True", "backward"] * 3)}
