"""Weight drop: DropConnect on the hidden-to-hidden matrices of a recurrent layer.

Merity, Keskar, Socher, 2018, "Regularizing and optimizing LSTM language models", section 2, after
Wan et al., 2013, "Regularization of neural networks using DropConnect": single weights are
dropped once for all steps of a pass, so the fast kernel of the layer inside runs as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from .errors import SettingError
from .masks import check_probability, dropout_mask

__all__ = ["WeightDrop"]


class WeightDrop(nn.Module):
    """A module that runs with some of its weights dropped in training, else as it is.

    module:    any, such as `torch.nn.LSTM`; its parameters stay its own, and whole
    names:     parameters to drop from; None is every one whose name begins with "weight_hh"
    p:         probability of dropping a weight
    generator: where masks are drawn from; None is torch's own

    Raises SettingError: the module has no such parameter.
    """

    def __init__(
        self,
        module: nn.Module,
        names: Iterable[str] | None = None,
        p: float = 0.5,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        known = [name for name, _ in module.named_parameters()]
        recurrent = [name for name in known if name.startswith("weight_hh")]
        self.names = recurrent if names is None else list(names)
        if not self.names or not set(self.names) <= set(known):
            wanted = ", ".join(self.names) or "weight_hh…"
            raise SettingError(f"no parameter {wanted} in a module with {', '.join(known)}")
        self.module = module
        self.p = check_probability("p", p)
        self.generator = generator

    def dropped_weights(self) -> dict[str, Tensor]:
        """Return the named weights by name, each times a fresh mask of its shape."""
        weights = {name: self.module.get_parameter(name) for name in self.names}
        return {
            name: weight * dropout_mask(weight, self.p, self.generator)
            for name, weight in weights.items()
        }

    def forward(self, *inputs: Any, **keywords: Any) -> Any:
        """Return what the module says of the inputs, with weights dropped in training."""
        weights = self.dropped_weights() if self.training and self.p else {}
        return functional_call(self.module, weights, inputs, keywords)
