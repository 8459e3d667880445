"""Checks of Dropout written by hand.

The oracle: the binomial law of the share of zeros, and the two values that an output can have.
"""

import numpy as np
import torch

from praktikum.checks import between, check, close, equal


def torch_seed(rng):
    return int(rng.integers(2**31))


def probability(rng):
    return float(rng.uniform(0.2, 0.7))


@check(part="dropout")
def dropout_scale(sub, rng):
    """
    ru: В обучении каждый элемент либо обнулён, либо поделён на 1 − p.
    en: In training every element is either zeroed or divided by 1 − p.
    hint ru: Чему равно среднее выхода, если масштаб забыть?
    hint en: What is the mean of the output if the scale is forgotten?
    """
    p = probability(rng)
    generator = torch.Generator().manual_seed(torch_seed(rng))
    ones = torch.ones(400, 50, dtype=torch.float64)
    output = sub.inverted_dropout(ones, p, True, generator).numpy()
    return {
        "values": np.unique(output),
        "share_of_zeros": np.mean(output == 0),
        "mean": output.mean(),
        "rows_differ": len(np.unique(output != 0, axis=0)) > 1,
    }


@dropout_scale.expects
def _(rng):
    p = probability(rng)
    spread = 6 * np.sqrt(p * (1 - p) / 20_000)  # six standard deviations of a binomial share
    return {
        "values": close(np.array([0, 1 / (1 - p)])),
        "share_of_zeros": between(p - spread, p + spread),
        "mean": between(1 - spread / (1 - p), 1 + spread / (1 - p)),
        "rows_differ": equal(True),
    }


@check(part="dropout")
def dropout_eval(sub, rng):
    """
    ru: Вне обучения вход возвращается как есть.
    en: Outside of training the input comes back as it is.
    """
    values = torch.from_numpy(rng.normal(size=(5, 4)))
    return {"output": sub.inverted_dropout(values, 0.5, False).numpy()}


@dropout_eval.expects
def _(rng):
    return {"output": close(rng.normal(size=(5, 4)), rtol=0, atol=0)}


@check(part="dropout")
def dropout_gradient(sub, rng):
    """
    ru: Градиент проходит ровно через те элементы, что выжили, и с тем же множителем.
    en: The gradient passes through exactly those elements that survived, with the same factor.
    """
    values = torch.from_numpy(rng.uniform(1, 2, size=(6, 8))).requires_grad_()
    generator = torch.Generator().manual_seed(torch_seed(rng))
    output = sub.inverted_dropout(values, 0.4, True, generator)
    (gradient,) = torch.autograd.grad(output.sum(), values)
    return {
        "gradient_minus_factor": (gradient - output.detach() / values.detach()).numpy(),
        "largest_gradient": gradient.max().numpy(),
    }


@dropout_gradient.expects
def _(rng):
    del rng  # the law does not depend on the input
    return {"gradient_minus_factor": close(np.zeros((6, 8))), "largest_gradient": close(1 / 0.6)}
