"""Checks of the mixed loss, and of what is told to the training loop.

The oracle: cross-entropy written with SciPy's sigmoid, Dice as in its own checks.
"""

import numpy as np
import torch
from scipy.special import expit, xlog1py, xlogy
from torch import nn

from praktikum.checks import check, close, equal

from .dice import called, dice_losses, masks_case
from .iou import jaccard

MIXTURES = ((1.0, 0.0), (0.0, 1.0), (0.3, 1.7))


def mixed_losses(logits, target, bce_weight, dice_weight):
    """Return the mixture of BCE and Dice of each example."""
    probabilities = expit(logits)
    likelihood = xlogy(target, probabilities) + xlog1py(1 - target, -probabilities)
    bce = -likelihood.mean(axis=(1, 2, 3))
    return bce_weight * bce + dice_weight * dice_losses(probabilities, target, 1.0)


@check(part="comparison", points="0.25", needs=["dice_of_examples"])
def mixture_of_losses(sub, rng):
    """
    ru: Смесь складывает BCE, усреднённую по пикселям примера, и Dice с заданными весами.
    en: The mixture adds BCE, averaged over the pixels of an example, and Dice, with its weights.
    hint ru: Обе части — свои у каждого примера, пока их не усреднили по батчу.
    hint en: Both parts belong to each example until they are averaged over the batch.
    """
    case = masks_case(rng)
    observed = {
        f"weights {weights}": called(sub.BCEDiceLoss(*weights, reduction=None), *case)
        for weights in MIXTURES
    }
    return observed | {"mean": called(sub.BCEDiceLoss(), *case)}


@mixture_of_losses.expects
def _(rng):
    case = masks_case(rng)
    expected = {f"weights {weights}": close(mixed_losses(*case, *weights)) for weights in MIXTURES}
    return expected | {"mean": close(mixed_losses(*case, 0.5, 0.5).sum() / 3)}


class Shifted(nn.Module):
    """A model whose logits are its input plus its only parameter."""

    def __init__(self, shift):
        super().__init__()
        self.shift = nn.Parameter(torch.tensor(shift, dtype=torch.float64))

    def forward(self, images):
        return images + self.shift


@check(
    part="comparison",
    points="0.25",
    needs=["mixture_of_losses", "iou_of_examples", "dice_gradient"],
)
def step_of_objective(sub, rng):
    """
    ru: Цикл обучения получает потери с графом, размер батча и IoU.
    en: The training loop gets the loss with its graph, the size of the batch and the IoU.
    hint ru: Step описан в praktikum.engine; метрика называется iou.
    hint en: Step is described in praktikum.engine; the metric is called iou.
    """
    logits, target = masks_case(rng)
    model = Shifted(0.5)
    batch = torch.from_numpy(logits - 0.5), torch.from_numpy(target)
    step = sub.SegmentationObjective(0.3, 1.7)(model, batch)
    step.loss.backward()
    return {
        "loss": step.loss.item(),
        "size": step.size,
        "names of metrics": sorted(step.metrics),
        "iou": step.metrics["iou"].item(),
        "gradient": model.shift.grad.item(),
    }


@step_of_objective.expects
def _(rng):
    logits, target = masks_case(rng)

    def loss(shift):
        return mixed_losses(logits + shift, target, 0.3, 1.7).mean()

    return {
        "loss": close(loss(0.0)),
        "size": equal(3),
        "names of metrics": equal(["iou"]),
        "iou": close(jaccard(logits > 0, target).mean(), atol=1e-6),
        "gradient": close((loss(1e-5) - loss(-1e-5)) / 2e-5, rtol=1e-5),
    }
