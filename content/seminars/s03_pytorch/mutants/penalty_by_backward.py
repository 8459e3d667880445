"""
ru: Вместо autograd.grad вызван backward: в .grad критика попало лишнее.
en: backward instead of autograd.grad: something strange got into the critic's .grad.
"""

FAILS = ["penalty_value", "penalty_gradient"]


def gradient_penalty(critic, points):
    import warnings

    points = points.detach().requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        critic(points).sum().backward(create_graph=True)
    return ((points.grad.norm(dim=1) - 1) ** 2).mean()
