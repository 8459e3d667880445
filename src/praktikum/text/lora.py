"""LoRA: what fine-tuning adds to a weight matrix is a product of two thin matrices.

Hu et al., 2021, "LoRA: low-rank adaptation of large language models", equation 3: W x becomes
W x + (alpha / rank) B A x, with W frozen. B begins as zeros, so that nothing changes at first; A is
drawn as the authors' code and peft do. A trained layer is merged into W for use: it then costs
nothing. Left out: embeddings and convolutions, the scale of rsLoRA, DoRA.

    freeze, but for a head:      train_only(model, ["head.*"])
    add, and train:              add_lora(model, ["q_proj", "v_proj"], rank=8)
    use without cost, and back:  layers = merge_lora(model); unmerge_lora(model, layers)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from .errors import SettingError
from .named_layers import ExtendedLinear, find_linears, put_layer

__all__ = ["LoRALinear", "add_lora", "merge_lora", "unmerge_lora"]


class LoRALinear(ExtendedLinear):
    """A frozen linear layer and the trained product beside it.

    Args:
        linear: the layer whose weights it goes on with.
        rank: of the product.
        alpha: the product is multiplied by alpha / rank; so its size, and the learning rate that
            suits it, stay the same when the rank is changed.
        dropout: probability of dropping a number that comes to the product, in training.
        generator: where A is drawn from; None is torch's own.

    Raises SettingError: a rank below 1 or above the sizes of the layer, a dropout not in [0, 1).
    """

    def __init__(
        self,
        linear: nn.Linear,
        rank: int,
        alpha: float,
        dropout: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        if not 1 <= rank <= min(linear.in_features, linear.out_features):
            raise SettingError(
                f"rank={rank} must be from 1 to the smaller side of a weight of "
                f"{linear.out_features}×{linear.in_features}"
            )
        if not 0 <= dropout < 1:
            raise SettingError(f"dropout={dropout} must be in [0, 1)")
        super().__init__(linear)
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.lora_A = nn.Parameter(linear.weight.new_empty(rank, linear.in_features))
        self.lora_B = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5), generator=generator)

    def forward(
        self, input: Float[Tensor, "*batch in_features"]
    ) -> Float[Tensor, "*batch out_features"]:
        """Return W x + b + (alpha / rank) B A x."""
        thin = functional.linear(self.dropout(input), self.lora_A)  # (*batch, rank)
        change = functional.linear(thin, self.lora_B)
        return super().forward(input) + self.scale * change

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """Return a plain layer of weight W + (alpha / rank) B A, a sum that is rounded once."""
        wide = torch.promote_types(self.weight.dtype, torch.float32)
        change = self.scale * (self.lora_B.to(wide) @ self.lora_A.to(wide))
        plain = nn.Linear(self.in_features, self.out_features, device="meta")
        plain.weight = nn.Parameter((self.weight + change).to(self.weight.dtype), False)
        plain.bias = self.bias
        return plain


def add_lora(
    model: nn.Module,
    names: Sequence[str],
    rank: int = 8,
    alpha: float | None = None,
    dropout: float = 0.0,
    generator: torch.Generator | None = None,
) -> list[str]:
    """Put `LoRALinear` in the place of linear layers, in place; return their whole names.

    Only these layers are frozen: see `trained_parameters.train_only` for the rest.

    Args:
        model: any network.
        names: of the layers, see `named_layers`.
        rank: of the products.
        alpha: None is 2 · rank.
        dropout: see `LoRALinear`.
        generator: where the matrices A are drawn from; None is torch's own.

    Raises SettingError: see `find_linears` and `LoRALinear`.
    """
    found = find_linears(model, names)
    alpha = 2.0 * rank if alpha is None else alpha
    layers = [LoRALinear(each, rank, alpha, dropout, generator) for each in found.values()]
    for name, layer in zip(found, layers, strict=True):
        put_layer(model, name, layer)
    return list(found)


def merge_lora(model: nn.Module) -> dict[str, LoRALinear]:
    """Put plain layers with the sums in the place of `LoRALinear`, in place; return what was there.

    The model is then as it was built, and can be saved so. Subtracting the product from the sum
    would not give W back bit by bit, for the sum was rounded: so what is returned holds W itself.

    Raises SettingError: the model has no such layer.
    """
    layers = {name: layer for name, layer in model.named_modules() if isinstance(layer, LoRALinear)}
    if not layers:
        raise SettingError("there is nothing to merge: the model has no LoRALinear")
    for name, layer in layers.items():
        put_layer(model, name, layer.merged())
    return layers


def unmerge_lora(model: nn.Module, layers: Mapping[str, LoRALinear]) -> None:
    """Put back what `merge_lora` returned: every bit is as before the merging."""
    for name, layer in layers.items():
        put_layer(model, name, layer)
