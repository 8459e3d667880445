"""Checks of the penalties on activations.

The oracle: sums over texts, each without its padding.
"""

import numpy as np
import torch

from praktikum.checks import check, close


def outputs_case(rng):
    """Return outputs [time, batch, features] with large numbers as padding, and what is real."""
    lengths = rng.permutation([6, 1, 4, 2])
    real = np.arange(6)[:, None] < lengths
    outputs = rng.normal(size=(6, 4, 3))
    outputs[~real] = 30
    return torch.from_numpy(outputs), torch.from_numpy(real)


def texts_alone(rng):
    outputs, real = (tensor.numpy() for tensor in outputs_case(rng))
    return [outputs[real[:, text], text] for text in range(4)]


@check(part="bonus_ar_tar", points="0.25")
def activations_penalised(sub, rng):
    """
    ru: AR — средний квадрат чисел выхода по настоящим шагам.
    en: AR is the mean square of the output's numbers over real steps.
    hint ru: Сколько чисел усредняется? Дополнение не в счёт.
    hint en: How many numbers are averaged? Padding doesn't count.
    """
    return {"penalty": sub.activation_penalty(*outputs_case(rng))}


@activations_penalised.expects
def _(rng):
    return {"penalty": close(np.mean(np.concatenate(texts_alone(rng)) ** 2))}


@check(part="bonus_ar_tar", points="0.25")
def changes_penalised(sub, rng):
    """
    ru: TAR — средний квадрат изменения за шаг, если оба шага настоящие.
    en: TAR is the mean square of the change in a step, where both of its steps are real.
    hint ru: Переход от последнего слова к дополнению — не изменение.
    hint en: Going from the last word to padding is no change.
    """
    outputs, real = outputs_case(rng)
    single = sub.temporal_activation_penalty(outputs[:, :1], torch.arange(6)[:, None] < 1)
    return {"penalty": sub.temporal_activation_penalty(outputs, real), "one-word text": single}


@changes_penalised.expects
def _(rng):
    changes = [text[1:] - text[:-1] for text in texts_alone(rng)]
    return {"penalty": close(np.mean(np.concatenate(changes) ** 2)), "one-word text": close(0.0)}


@check(part="bonus_ar_tar", points="0.1", needs=["activations_penalised", "changes_penalised"])
def penalties_gradient(sub, rng):
    """
    ru: Через оба штрафа проходит градиент.
    en: Both penalties pass a gradient.
    """
    outputs, real = outputs_case(rng)
    outputs.requires_grad_()
    penalty = sub.activation_penalty(outputs, real)
    penalty = penalty + 3 * sub.temporal_activation_penalty(outputs, real)
    return {"gradient": torch.autograd.grad(penalty, outputs)[0]}


@penalties_gradient.expects
def _(rng):
    outputs, real = (tensor.numpy() for tensor in outputs_case(rng))
    n_real, n_pairs = real.sum(), (real[1:] & real[:-1]).sum()
    gradient = 2 * outputs * real[..., None] / (3 * n_real)
    changes = np.diff(outputs, axis=0) * (real[1:] & real[:-1])[..., None]
    gradient[1:] += 6 * changes / (3 * n_pairs)
    gradient[:-1] -= 6 * changes / (3 * n_pairs)
    return {"gradient": close(gradient)}
