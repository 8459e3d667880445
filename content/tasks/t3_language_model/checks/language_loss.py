"""Checks of the loss and of the accuracy of tokens.

The oracle: log-softmax in NumPy, token by token.
"""

import numpy as np
import torch
from scipy.special import log_softmax

from praktikum.checks import check, close

PAD = 2


def predictions_case(rng):
    """Return logits [time, batch, vocabulary] and targets, the ends of which are padding."""
    logits = rng.normal(scale=3, size=(6, 4, 5))
    targets = rng.choice([0, 1, 3, 4], size=(6, 4))
    right = rng.random((6, 4)) < 0.4
    targets[right] = logits.argmax(axis=-1)[right]
    targets[targets == PAD] = 0
    targets[np.arange(6)[:, None] >= rng.permutation([6, 1, 3, 5])] = PAD
    return logits, targets


@check(part="language_model", points="0.25")
def loss_of_real_tokens(sub, rng):
    """
    ru: Потери — среднее −log p по настоящим токенам: дополнение ничего не меняет.
    en: The loss is the mean of −log p over real tokens: padding changes nothing.
    hint ru: На что делить сумму? Не применён ли softmax дважды?
    hint en: What is the sum divided by? Is softmax taken twice?
    """
    logits, targets = map(torch.from_numpy, predictions_case(rng))
    longer = torch.cat((logits, logits)), torch.cat((targets, torch.full_like(targets, PAD)))
    return {
        "loss": sub.masked_cross_entropy(logits, targets, PAD),
        "with more padding": sub.masked_cross_entropy(*longer, PAD),
        "of padding alone": sub.masked_cross_entropy(logits, torch.full_like(targets, PAD), PAD),
    }


@loss_of_real_tokens.expects
def _(rng):
    logits, targets = predictions_case(rng)
    real = targets != PAD
    losses = [-log_softmax(each)[t] for each, t in zip(logits[real], targets[real], strict=True)]
    mean = close(np.mean(losses))
    return {"loss": mean, "with more padding": mean, "of padding alone": close(0.0)}


@check(part="language_model", points="0.15", needs=["loss_of_real_tokens"])
def loss_gradient(sub, rng):
    """
    ru: Градиент потерь верен, на дополнении он равен нулю.
    en: The gradient of the loss is right, and zero at padding.
    hint ru: Что отрывает тензор от графа вычислений?
    hint en: What cuts a tensor off the graph?
    """
    logits, targets = map(torch.from_numpy, predictions_case(rng))
    loss = sub.masked_cross_entropy(logits.requires_grad_(), targets, PAD)
    return {"gradient": torch.autograd.grad(loss, logits)[0]}


@loss_gradient.expects
def _(rng):
    logits, targets = predictions_case(rng)
    real = (targets != PAD)[..., None]
    wanted = np.arange(5) == targets[..., None]
    return {"gradient": close((np.exp(log_softmax(logits, axis=-1)) - wanted) * real / real.sum())}


@check(part="language_model", points="0.15")
def accuracy_of_real_tokens(sub, rng):
    """
    ru: Точность — доля настоящих токенов, которые предсказаны как самые вероятные.
    en: Accuracy is the share of real tokens that are predicted as the likeliest.
    """
    logits, targets = map(torch.from_numpy, predictions_case(rng))
    logits[..., PAD] += (targets == PAD) * 50.0  # padding is "predicted" perfectly
    return {"accuracy": sub.token_accuracy(logits, targets, PAD)}


@accuracy_of_real_tokens.expects
def _(rng):
    logits, targets = predictions_case(rng)
    real = targets != PAD
    return {"accuracy": close(np.mean(logits[real].argmax(axis=1) == targets[real]))}
