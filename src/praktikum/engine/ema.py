"""The exponential moving average of the weights, which often validates better than the weights.

average ← decay · average + (1 - decay) · weights, after each update (Polyak, Juditsky, 1992, with
exponential weights). Floating-point buffers are averaged too; counters are copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

__all__ = ["EMA"]


class EMA:
    """The average of one model's weights; starts at the weights that it is made with."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._decay = decay
        self._average = {name: value.clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move the average towards the present weights."""
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1 - self._decay)
            else:
                self._average[name].copy_(value)

    @contextmanager
    def applied(self, model: nn.Module) -> Iterator[None]:
        """Have the model hold the average in the body, and its own weights after it."""
        own = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(self._average)
        try:
            yield
        finally:
            model.load_state_dict(own)

    def state_dict(self) -> dict[str, Tensor]:
        """Return the average by the parameters' names."""
        return self._average

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Go on from a saved average."""
        for name, value in state.items():
            self._average[name].copy_(value)
