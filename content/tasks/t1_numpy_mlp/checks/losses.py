"""Checks of the negative log-likelihood and of its gradient.

The oracles: scikit-learn's log_loss, the closed form of the gradient.
"""

import numpy as np
from sklearn.metrics import log_loss

from praktikum.checks import check, close

# What other checks stand on: if one of these fails, a failure further up is put down to it.
LOSS = ["nll_value", "nll_gradient"]


def classes_case(rng):
    """Return the log-probabilities of 6 examples and 4 classes, and the right classes."""
    logits = rng.normal(size=(6, 4))
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), rng.integers(4, size=6)


@check(part="network", points="0.15")
def nll_value(sub, rng):
    """
    ru: NLL — одно число, среднее по батчу.
    en: NLL is one number, the mean over the batch.
    """
    log_probs, y = classes_case(rng)
    return {"loss": sub.NLL(log_probs, y), "loss_of_one": sub.NLL(log_probs[:1], y[:1])}


@nll_value.expects
def _(rng):
    log_probs, y = classes_case(rng)
    probs = np.exp(log_probs)
    return {
        "loss": close(log_loss(y, probs, labels=range(4))),
        "loss_of_one": close(log_loss(y[:1], probs[:1], labels=range(4))),
    }


@check(part="network", points="0.15")
def nll_gradient(sub, rng):
    """
    ru: grad_NLL — градиент именно той функции потерь, что усреднена по батчу.
    en: grad_NLL is the gradient of that very loss which is averaged over the batch.
    """
    return {"grad": sub.grad_NLL(*classes_case(rng))}


@nll_gradient.expects
def _(rng):
    _, y = classes_case(rng)
    return {"grad": close(-np.eye(4)[y] / len(y))}
