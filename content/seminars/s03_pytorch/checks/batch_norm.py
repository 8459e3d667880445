"""Checks of BatchNorm written by hand.

The oracle: PyTorch's own.
"""

import torch
from torch import nn

from praktikum.checks import check, close, equal


def normalisation_case(rng):
    batch = rng.normal(rng.normal(size=4), rng.uniform(0.5, 3, size=4), size=(6, 4))
    return batch, rng.normal(size=4), rng.uniform(0.5, 2, size=4), rng.normal(size=(6, 4))


def normalise(sub, rng, training, momentum=0.1):
    batch, mean, var, grad_output = map(torch.from_numpy, normalisation_case(rng))
    batch.requires_grad_()
    output = sub.batch_norm(batch, mean, var, training, momentum, 1e-3)
    (gradient,) = torch.autograd.grad(output, batch, grad_output)
    return {
        "output": output.detach().numpy(),
        "gradient": gradient.numpy(),
        "running_mean": mean.detach().numpy(),
        "running_var": var.detach().numpy(),
        "running_requires_grad": mean.requires_grad or var.requires_grad,
    }


def normalised_by_torch(rng, training, momentum=0.1):
    batch, mean, var, grad_output = map(torch.from_numpy, normalisation_case(rng))
    batch.requires_grad_()
    output = nn.functional.batch_norm(
        batch, mean, var, training=training, momentum=momentum, eps=1e-3
    )
    output.backward(grad_output)
    return {
        "output": close(output.detach().numpy()),
        "gradient": close(batch.grad.numpy()),
        "running_mean": close(mean.numpy()),
        "running_var": close(var.numpy()),
        "running_requires_grad": equal(False),
    }


@check(part="batch-norm")
def batch_norm_train(sub, rng):
    """
    ru: В обучении выход и градиент такие же, как у слоя PyTorch.
    en: In training the output and the gradient are those of PyTorch's layer.
    hint ru: Какой дисперсией нормируют: делённой на n или на n − 1?
        Проходит ли градиент через среднее?
    hint en: Which variance normalises, the one over n or the one over n − 1?
        Does the gradient pass through the mean?
    """
    observed = normalise(sub, rng, training=True)
    return {name: observed[name] for name in ("output", "gradient")}


@batch_norm_train.expects
def _(rng):
    expected = normalised_by_torch(rng, training=True)
    return {name: expected[name] for name in ("output", "gradient")}


@check(part="batch-norm")
def batch_norm_running(sub, rng):
    """
    ru: Накопленные статистики сдвинуты на месте, вне графа, на долю momentum.
    en: The running statistics have moved in place, outside of the graph, by the share momentum.
    hint ru: У накопленной дисперсии знаменатель не тот, что у нормирующей.
    hint en: The running variance has another denominator than the normalising one.
    """
    observed = normalise(sub, rng, training=True, momentum=0.3)
    return {name: value for name, value in observed.items() if name.startswith("running")}


@batch_norm_running.expects
def _(rng):
    expected = normalised_by_torch(rng, training=True, momentum=0.3)
    return {name: value for name, value in expected.items() if name.startswith("running")}


@check(part="batch-norm")
def batch_norm_eval(sub, rng):
    """
    ru: Вне обучения работают накопленные статистики, и сами они не меняются.
    en: Outside of training the running statistics do the work and don't change.
    """
    return normalise(sub, rng, training=False)


@batch_norm_eval.expects
def _(rng):
    return normalised_by_torch(rng, training=False)
