"""
ru: grad_NLL даёт градиент по логитам, а не по логарифмам вероятностей.
en: grad_NLL gives the gradient by the logits, not by the log-probabilities.
"""

import numpy as np

FAILS = ["nll_gradient"]


def grad_NLL(log_probs, y):
    grad = np.exp(log_probs)
    grad[np.arange(len(y)), y] -= 1
    return grad / len(y)
