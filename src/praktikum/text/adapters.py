"""Adapters: small trained blocks within a frozen network.

Houlsby et al., 2019, "Parameter-efficient transfer learning for NLP", section 2.1: after the
attention and after the feed-forward block of each layer, before what goes around them is added,
stands h + W₂ φ(W₁ h + b₁) + b₂ with a narrow hidden layer; near-zero weights make it nearly the
identity at first. Ours stands right behind a linear layer: of our Transformer, `out_proj` and
`linear2`. φ is GELU. The paper trains the normalisations too: name them to `train_only`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError
from .named_layers import ExtendedLinear, find_linears, put_layer

__all__ = ["AdaptedLinear", "Adapter", "add_adapters"]

STD = 0.01  # of the weights at first, section 3.6


class Adapter(nn.Module):
    """h + W₂ φ(W₁ h + b₁) + b₂, with 2·size·width + size + width parameters.

    Args:
        width: size of h.
        size: of the bottleneck.
        generator: where the weights are drawn from; None is torch's own.
    """

    def __init__(self, width: int, size: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if size < 1:
            raise SettingError(f"size={size} of an adapter must be at least 1")
        self.down, self.up = nn.Linear(width, size), nn.Linear(size, width)
        for linear in (self.down, self.up):
            nn.init.trunc_normal_(
                linear.weight, std=STD, a=-2 * STD, b=2 * STD, generator=generator
            )
            nn.init.zeros_(linear.bias)

    def forward(self, hidden: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        """Return h with what the bottleneck makes of it."""
        change: Tensor = self.up(functional.gelu(self.down(hidden)))
        return hidden + change


class AdaptedLinear(ExtendedLinear):
    """A frozen linear layer, and a trained adapter behind it.

    Args:
        linear: the layer whose weights it goes on with.
        size: of the adapter's bottleneck.
        generator: where the adapter's weights are drawn from; None is torch's own.
    """

    def __init__(
        self, linear: nn.Linear, size: int, generator: torch.Generator | None = None
    ) -> None:
        adapter = Adapter(linear.out_features, size, generator).to(linear.weight)
        super().__init__(linear)
        self.adapter = adapter

    def forward(
        self, input: Float[Tensor, "*batch in_features"]
    ) -> Float[Tensor, "*batch out_features"]:
        """Return what the adapter makes of W x + b."""
        adapted: Tensor = self.adapter(super().forward(input))
        return adapted


def add_adapters(
    model: nn.Module,
    names: Sequence[str],
    size: int = 16,
    generator: torch.Generator | None = None,
) -> list[str]:
    """Put `AdaptedLinear` in the place of linear layers, in place; return their whole names.

    Only these layers are frozen: see `trained_parameters.train_only` for the rest.

    Args:
        model: any network.
        names: of the layers that an adapter is to follow, see `named_layers`.
        size: of the bottlenecks.
        generator: where the weights are drawn from; None is torch's own.

    Raises SettingError: see `find_linears`; or a size below 1.
    """
    found = find_linears(model, names)
    layers = [AdaptedLinear(linear, size, generator) for linear in found.values()]
    for name, layer in zip(found, layers, strict=True):
        put_layer(model, name, layer)
    return list(found)
