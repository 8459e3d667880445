"""
ru: Градиент взят без create_graph: дальше дифференцировать нечего.
en: The gradient is taken without create_graph: nothing is left to differentiate.
"""

import torch

FAILS = ["penalty_gradient"]


def gradient_penalty(critic, points):
    points = points.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points).sum(), points)
    return ((gradient.norm(dim=1) - 1) ** 2).mean()
