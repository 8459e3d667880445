"""What of a network is trained: chosen by name, counted, and kept apart from what is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from .errors import SettingError
from .named_layers import has_name

__all__ = ["ParameterCount", "count_parameters", "train_only", "trained_state"]


class ParameterCount(NamedTuple):
    """Numbers in a network's parameters; those that two layers share count once."""

    trained: int
    all: int

    @property
    def share(self) -> float:
        """Trained ones among all, 0 to 1."""
        return self.trained / self.all


def train_only(model: nn.Module, names: Sequence[str]) -> None:
    """Freeze every parameter but those whose names end as a pattern says; see `named_layers`.

    Raises SettingError if a pattern names no parameter; nothing is changed then.
    """
    parameters = dict(model.named_parameters())
    for pattern in names:
        if not any(has_name(name, [pattern]) for name in parameters):
            few = ", ".join(list(parameters)[-3:])
            raise SettingError(f"no parameter is named {pattern!r}; the last ones are: {few}")
    for name, parameter in parameters.items():
        parameter.requires_grad_(has_name(name, names))


def count_parameters(model: nn.Module) -> ParameterCount:
    """Return how many numbers are trained and how many there are."""
    parameters = list(model.parameters())
    trained = sum(parameter.numel() for parameter in parameters if parameter.requires_grad)
    return ParameterCount(trained, sum(parameter.numel() for parameter in parameters))


def trained_state(model: nn.Module) -> dict[str, Tensor]:
    """Return copies of the trained parameters alone: a small file for each task of one body.

    `model.load_state_dict(state, strict=False)` puts them into a network that is built the same.
    """
    return {
        name: parameter.detach().clone()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }
