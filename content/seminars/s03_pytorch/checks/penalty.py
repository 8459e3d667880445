"""Checks of the gradient penalty.

The oracle: a quadratic critic. Its penalty, and the gradient of that, have closed forms.
"""

import numpy as np
import torch
from torch import nn

from praktikum.checks import check, close, equal


class QuadraticCritic(nn.Module):
    """½·xᵀAx + bᵀx: its gradient by x is known on paper."""

    def __init__(self, quadratic, linear):
        super().__init__()
        self.quadratic = nn.Parameter(torch.from_numpy(quadratic))
        self.linear = nn.Parameter(torch.from_numpy(linear))

    def forward(self, points):
        return 0.5 * (points @ self.quadratic * points).sum(dim=1) + points @ self.linear


def critic_case(rng):
    return rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(8, 3))


def gradient_on_paper(quadratic, linear, points):
    gradient = 0.5 * points @ (quadratic + quadratic.T) + linear
    return gradient, np.linalg.norm(gradient, axis=1, keepdims=True)


@check(part="penalty")
def penalty_value(sub, rng):
    """
    ru: Значение штрафа верно, а чужие .grad и точки не тронуты.
    en: The value of the penalty is right; nobody's .grad and none of the points are touched.
    hint ru: Норма берётся для каждой точки отдельно.
    hint en: The norm is taken for each point on its own.
    """
    quadratic, linear, points = critic_case(rng)
    critic, points = QuadraticCritic(quadratic, linear), torch.from_numpy(points)
    penalty = sub.gradient_penalty(critic, points)
    return {
        "penalty": penalty.detach().numpy(),
        "grad_touched": any(parameter.grad is not None for parameter in critic.parameters()),
        "points_require_grad": points.requires_grad,
    }


@penalty_value.expects
def _(rng):
    _, norm = gradient_on_paper(*critic_case(rng))
    return {
        "penalty": close(np.mean((norm - 1) ** 2)),
        "grad_touched": equal(False),
        "points_require_grad": equal(False),
    }


@check(part="penalty")
def penalty_gradient(sub, rng):
    """
    ru: Штраф можно продифференцировать по параметрам критика.
    en: The penalty can be differentiated by the parameters of the critic.
    hint ru: Чтобы дифференцировать градиент, для него самого нужен граф.
    hint en: To differentiate a gradient, it needs a graph of its own.
    """
    quadratic, linear, points = critic_case(rng)
    critic = QuadraticCritic(quadratic, linear)
    sub.gradient_penalty(critic, torch.from_numpy(points)).backward()
    return {
        "by_quadratic": critic.quadratic.grad.numpy(),
        "by_linear": critic.linear.grad.numpy(),
    }


@penalty_gradient.expects
def _(rng):
    quadratic, linear, points = critic_case(rng)
    gradient, norm = gradient_on_paper(quadratic, linear, points)
    by_gradient = 2 * (norm - 1) * gradient / norm / len(points)
    outer = points.T @ by_gradient
    return {
        "by_quadratic": close(0.5 * (outer + outer.T)),
        "by_linear": close(by_gradient.sum(axis=0)),
    }
