"""Softmax regression, as a model of PyTorch and as formulas: the one is held against the other."""

import numpy as np
import scipy.special
import torch
from torch import nn


def softmax_case(rng):
    return {
        "weight": rng.normal(size=(3, 4)),
        "bias": rng.normal(size=3),
        "inputs": rng.normal(size=(7, 4)),
        "targets": rng.integers(3, size=7),
    }


def softmax_regression(case):
    model = nn.Linear(4, 3, dtype=torch.float64)
    model.load_state_dict({name: torch.from_numpy(case[name]) for name in ("weight", "bias")})
    return model, torch.from_numpy(case["inputs"]), torch.from_numpy(case["targets"])


def softmax_loss_and_residual(case):
    """Return the mean cross-entropy and p − onehot, from the formulas."""
    log_p = scipy.special.log_softmax(case["inputs"] @ case["weight"].T + case["bias"], axis=1)
    loss = -log_p[np.arange(len(log_p)), case["targets"]].mean()
    return loss, np.exp(log_p) - np.eye(3)[case["targets"]]
