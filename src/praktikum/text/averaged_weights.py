"""Weights averaged over the updates, from the moment when training only wanders about: NT-ASGD.

Merity, Keskar, Socher, 2018, "Regularizing and optimizing LSTM language models", section 3,
algorithm 1. Stochastic gradient descent with a constant step ends up circling around a minimum; the
mean of its iterates lies closer (Polyak, Juditsky, 1992). Averaging begins when the validation loss
has been no better for `n` checks than the best one before them, so no iterate of the way down is in
the mean.

    model = AveragedWeights(LSTMLanguageModel(…))
    model.add_iterate()                              # after each update of the weights
    if is_stalled(validation_losses): model.start()  # after each validation

In training the model runs with its weights, in evaluation with the average, once there is one. The
average lies in the module's buffers, so checkpoints have it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from .errors import SettingError

__all__ = ["AveragedWeights", "is_stalled"]


def is_stalled(losses: Sequence[float], n: int = 5) -> bool:
    """Return whether the last loss is above the best one of those more than `n` checks ago.

    This is the paper's condition, t > n and v_t > min of v_0 … v_(t - n - 1).

    >>> is_stalled([5.0, 4.0, 4.1, 4.2], n=2), is_stalled([5.0, 4.0, 4.1, 4.2, 4.3], n=2)
    (False, True)
    """
    if n < 0:
        raise SettingError(f"n must be at least 0 checks, got {n}")
    earlier = losses[: max(len(losses) - 1 - n, 0)]
    return bool(earlier) and losses[-1] > min(earlier)


class AveragedWeights(nn.Module):
    """A model and the mean of its weights since `start`.

    module: any model; its parameters are what an optimiser moves
    """

    n_iterates: Tensor
    started: Tensor

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module
        self.register_buffer("started", torch.tensor(False))
        self.register_buffer("n_iterates", torch.tensor(0))
        for name, parameter in module.named_parameters():
            self.register_buffer(self._buffer(name), parameter.detach().clone())

    @staticmethod
    def _buffer(name: str) -> str:
        return f"mean_of_{name.replace('.', '_')}"

    def start(self) -> None:
        """Begin to average, unless it has begun."""
        self.started.fill_(True)

    @torch.no_grad()
    def add_iterate(self) -> None:
        """Take the present weights into the mean, if averaging has begun."""
        if not self.started:
            return
        self.n_iterates += 1
        share = 1 / int(self.n_iterates)
        for name, parameter in self.module.named_parameters():
            self.get_buffer(self._buffer(name)).lerp_(parameter, share)

    @property
    def average(self) -> dict[str, Tensor]:
        """The mean of the weights by name; what the module began with, if nothing was averaged."""
        names = (name for name, _ in self.module.named_parameters())
        return {name: self.get_buffer(self._buffer(name)) for name in names}

    def forward(self, *inputs: Any, **keywords: Any) -> Any:
        """Return what the module says: in evaluation with the average, if there is one."""
        weights = {} if self.training or not self.n_iterates else self.average
        return functional_call(self.module, weights, inputs, keywords)

    @torch.no_grad()
    def averaged_module(self) -> nn.Module:
        """Return the module itself, its weights now the average, if there is one."""
        if self.n_iterates:
            for name, parameter in self.module.named_parameters():
                parameter.copy_(self.get_buffer(self._buffer(name)))
        return self.module
