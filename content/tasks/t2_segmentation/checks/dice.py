"""Checks of the Dice loss.

The oracle: its formula by einsum over SciPy's sigmoid, and finite differences of that.
"""

import numpy as np
import torch
from scipy.special import expit

from praktikum.checks import check, close

from .finite_differences import finite_differences


def masks_case(rng):
    """Return logits and masks of 3 examples with 2 channels of 4 by 5 pixels."""
    logits = rng.normal(scale=2, size=(3, 2, 4, 5))
    return logits, rng.integers(2, size=logits.shape).astype(float)


def dice_losses(probabilities, target, smooth):
    """Return 1 - Dice of each example, averaged over its channels."""
    common = np.einsum("bchw,bchw->bc", probabilities, target)
    total = np.einsum("bchw->bc", probabilities + target)
    return (1 - (2 * common + smooth) / (total + smooth)).mean(axis=1)


def called(loss, *arrays):
    """Return what a module gives for arrays, as an array."""
    return loss(*(torch.from_numpy(array) for array in arrays)).detach().numpy()


@check(part="dice", points="0.3")
def dice_of_examples(sub, rng):
    """
    ru: Без усреднения — потери каждого примера: Dice считается по каждому каналу отдельно.
    en: Without reduction, the loss of each example: Dice is taken of each channel by itself.
    hint ru: По каким осям складывать? Вероятности не округляются до маски.
    hint en: Over which axes is the sum? Probabilities are not rounded to a mask.
    """
    return {"loss": called(sub.DiceLoss(None), *masks_case(rng))}


@dice_of_examples.expects
def _(rng):
    logits, target = masks_case(rng)
    return {"loss": close(dice_losses(expit(logits), target, 1.0))}


@check(part="dice", points="0.2", needs=["dice_of_examples"])
def dice_reductions(sub, rng):
    """
    ru: "mean" — среднее по примерам, "sum" — их сумма.
    en: "mean" is the mean over examples, "sum" is their sum.
    """
    case = masks_case(rng)
    return {name: called(sub.DiceLoss(name), *case) for name in ("mean", "sum")}


@dice_reductions.expects
def _(rng):
    logits, target = masks_case(rng)
    losses = dice_losses(expit(logits), target, 1.0)
    return {"mean": close(losses.sum() / 3), "sum": close(losses.sum())}


@check(part="dice", points="0.2")
def dice_of_probabilities(sub, rng):
    """
    ru: С from_logits=False на вход приходят вероятности; smooth — тот, что задан.
    en: With from_logits=False what comes are probabilities; smooth is the given one.
    """
    logits, target = masks_case(rng)
    loss = sub.DiceLoss(None, from_logits=False, smooth=7.5)
    return {"loss": called(loss, expit(logits), target)}


@dice_of_probabilities.expects
def _(rng):
    logits, target = masks_case(rng)
    return {"loss": close(dice_losses(expit(logits), target, 7.5))}


@check(part="dice", points="0.1")
def dice_of_nothing(sub, rng):
    """
    ru: Пустая маска, предсказанная пустой, ничего не стоит; идеальный ответ — тоже.
    en: An empty mask that is predicted as empty costs nothing; neither does a perfect answer.
    hint ru: smooth стоит и в числителе, и в знаменателе.
    hint en: smooth stands in the numerator and in the denominator.
    """
    _, target = masks_case(rng)
    loss = sub.DiceLoss(None, from_logits=False)
    empty = np.zeros((2, 1, 3, 3))
    return {"empty": called(loss, empty, empty), "perfect": called(loss, target, target)}


@dice_of_nothing.expects
def _(rng):
    del rng
    return {"empty": close(np.zeros(2)), "perfect": close(np.zeros(3))}


@check(part="dice", points="0.2", needs=["dice_of_examples"])
def dice_gradient(sub, rng):
    """
    ru: Через потери проходит градиент, и он сходится с численным.
    en: The loss passes a gradient, which agrees with the numerical one.
    hint ru: Что отрывает тензор от графа вычислений?
    hint en: What cuts a tensor off the graph?
    """
    logits, target = masks_case(rng)
    leaf = torch.from_numpy(logits).requires_grad_()
    sub.DiceLoss(None)(leaf, torch.from_numpy(target)).sum().backward()
    return {"gradient": leaf.grad.numpy()}


@dice_gradient.expects
def _(rng):
    logits, target = masks_case(rng)

    def loss(logits):
        return dice_losses(expit(logits), target, 1.0).sum()

    return {"gradient": close(finite_differences(loss, logits), atol=1e-7)}
