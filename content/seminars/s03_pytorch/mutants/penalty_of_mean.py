"""
ru: Продифференцировано среднее, а не сумма: градиенты в размер батча раз меньше.
en: The mean is differentiated, not the sum: gradients smaller by the size of the batch.
"""

import torch

FAILS = ["penalty_value", "penalty_gradient"]


def gradient_penalty(critic, points):
    points = points.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points).mean(), points, create_graph=True)
    return ((gradient.norm(dim=1) - 1) ** 2).mean()
