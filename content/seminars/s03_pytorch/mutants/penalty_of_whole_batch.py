"""
ru: Норма взята от градиента всего батча сразу.
en: The norm is taken of the gradient of the whole batch at once.
"""

import torch

FAILS = ["penalty_value", "penalty_gradient"]


def gradient_penalty(critic, points):
    points = points.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return (gradient.norm() - 1) ** 2
