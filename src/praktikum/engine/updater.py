"""One update of the weights: backward passes of a window of batches, clipping, a step.

A window of several batches (accumulation) gives the gradient of one batch of all their examples,
also where the last batch is smaller. Clipping by norm is that of Pascanu et al., "On the
difficulty of training recurrent neural networks" (ICML 2013), algorithm 1.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from praktikum.engine.ema import EMA
from praktikum.engine.objective import Step
from praktikum.engine.precision import Precision
from praktikum.engine.schedule import Schedule
from praktikum.engine.settings import TrainerSettings

__all__ = ["Updater"]


class Updater:
    """Takes losses, and moves the weights when a window of them is complete.

    Args:
        model: whose weights are moved.
        optimiser: over its parameters.
        schedule: of the optimiser's learning rates.
        precision: whose scaler the gradients go through.
        settings: clipping and averaging of the weights.
    """

    def __init__(
        self,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        schedule: Schedule,
        precision: Precision,
        settings: TrainerSettings,
    ) -> None:
        self._model, self._optimiser, self._schedule = model, optimiser, schedule
        self._scaler = precision.scaler
        self._clip_norm, self._clip_value = settings.clip_norm, settings.clip_value
        self.ema = None if settings.ema_decay is None else EMA(model, settings.ema_decay)
        self._parameters = [p for group in optimiser.param_groups for p in group["params"]]
        self._examples = self._nominal = 0

    @property
    def lr(self) -> float:
        """The learning rate of the first parameter group in the next update."""
        return float(self._optimiser.param_groups[0]["lr"])

    def backward(self, step: Step, window: int) -> None:
        """Add the gradient of one batch of a window of ``window`` batches."""
        if not self._examples:
            self._nominal = step.size * window
        self._examples += step.size
        weight = step.size / self._nominal
        loss = step.loss if weight == 1 else step.loss * weight
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]

    def complete_gradients(self) -> None:
        """Make the gradients those of the mean over the window's examples, in their own scale."""
        self._scaler.unscale_(self._optimiser)
        if self._examples != self._nominal:
            grads = [p.grad for p in self._parameters if p.grad is not None]
            torch._foreach_mul_(grads, self._nominal / self._examples)
        self._examples = 0

    def update(self) -> None:
        """Clip the gradients, move the weights, the average and the schedule."""
        if self._clip_value is not None:
            nn.utils.clip_grad_value_(self._parameters, self._clip_value)
        if self._clip_norm is not None:
            nn.utils.clip_grad_norm_(self._parameters, self._clip_norm)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        self._optimiser.zero_grad(set_to_none=True)
        self._schedule.advance()
        if self.ema is not None:
            self.ema.update(self._model)

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` needs to go on after a complete window."""
        return {
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "scaler": self._scaler.state_dict(),
            "ema": None if self.ema is None else self.ema.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state.

        Raises:
            ValueError: it is of another optimiser, or has no average where one is wanted.
        """
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self._scaler.load_state_dict(state["scaler"])
        if self.ema is not None:
            if state["ema"] is None:
                raise ValueError("it has no moving average of the weights; leave ema_decay out")
            self.ema.load_state_dict(state["ema"])
