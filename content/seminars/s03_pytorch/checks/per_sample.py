"""Checks of the gradients of each example.

The oracle: the formulas of softmax regression.
"""

import numpy as np
import torch

from praktikum.checks import check, close, equal

from .softmax_regression import softmax_case, softmax_loss_and_residual, softmax_regression


@check(part="per-sample", timeout=30)
def per_sample_values(sub, rng):
    """
    ru: Градиент каждого объекта совпадает с формулой (p − y)·xᵀ.
    en: The gradient of each example is that of the formula (p − y)·xᵀ.
    hint ru: Первая ось каждого значения — номер объекта.
    hint en: The first axis of each value is the number of the example.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    gradients = sub.per_sample_gradients(model, inputs, targets)
    return {
        "weight": gradients["weight"].detach().numpy(),
        "bias": gradients["bias"].detach().numpy(),
    }


@per_sample_values.expects
def _(rng):
    case = softmax_case(rng)
    _, residual = softmax_loss_and_residual(case)
    return {
        "weight": close(residual[:, :, None] * case["inputs"][:, None, :]),
        "bias": close(residual),
    }


@check(part="per-sample", timeout=30)
def per_sample_untouched(sub, rng):
    """
    ru: Модель осталась прежней: .grad её параметров не тронуты.
    en: The model is as it was: the .grad of its parameters is untouched.
    """
    model, inputs, targets = softmax_regression(softmax_case(rng))
    model.weight.grad = torch.full_like(model.weight, 5.0)
    sub.per_sample_gradients(model, inputs, targets)
    return {
        "weight_grad": model.weight.grad.numpy(),
        "bias_has_grad": model.bias.grad is not None,
    }


@per_sample_untouched.expects
def _(rng):
    del rng
    return {"weight_grad": close(np.full((3, 4), 5.0)), "bias_has_grad": equal(False)}
