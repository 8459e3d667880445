"""Checks of one training step.

The oracle: the formulas of softmax regression.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal

from .softmax_regression import softmax_case, softmax_loss_and_residual, softmax_regression


@check(part="training")
def train_step_updates(sub, rng):
    """
    ru: После трёх шагов SGD веса и значения функции потерь те, что получаются по формулам.
    en: After three steps of SGD the weights and the losses are those of the formulas.
    hint ru: Сравните первый шаг со вторым: что осталось от первого?
    hint en: Compare the first step with the second: what is left of the first?
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = [sub.train_step(model, optimizer, inputs, targets) for _ in range(3)]
    return {
        "losses": [torch.as_tensor(loss, dtype=torch.float64).item() for loss in losses],
        "weight": model.weight.detach().numpy(),
        "bias": model.bias.detach().numpy(),
    }


@train_step_updates.expects
def _(rng):
    case = softmax_case(rng)
    losses = []
    for _step in range(3):
        loss, residual = softmax_loss_and_residual(case)
        losses.append(loss)
        case["weight"] = case["weight"] - 0.5 * residual.T @ case["inputs"] / 7
        case["bias"] = case["bias"] - 0.5 * residual.mean(axis=0)
    return {
        "losses": close(np.array(losses)),
        "weight": close(case["weight"]),
        "bias": close(case["bias"]),
    }


@check(part="training")
def train_step_mode(sub, rng):
    """
    ru: Во время шага модель находится в режиме обучения.
    en: During the step the model is in training mode.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    modes = []
    model.register_forward_hook(lambda module, *_: modes.append(module.training))
    model.eval()
    sub.train_step(model, torch.optim.SGD(model.parameters(), lr=0.1), inputs, targets)
    return {"training": modes}


@train_step_mode.expects
def _(rng):
    del rng
    return {"training": equal([True])}


@check(part="training")
def train_step_result(sub, rng):
    """
    ru: Возвращается обычное число Python, а не тензор с графом.
    en: A plain Python number comes back, not a tensor with a graph.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return {"type": type(sub.train_step(model, optimizer, inputs, targets)).__name__}


@train_step_result.expects
def _(rng):
    del rng
    return {"type": equal("float")}
