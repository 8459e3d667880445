"""Learning rates layer by layer: the nearer to the input, the smaller.

Howard, Ruder, 2018, "Universal language model fine-tuning for text classification", section 3.2
(discriminative fine-tuning); Clark et al., 2020, "ELECTRA", takes 0.8 from a layer to the one
below it. What the first layers know of language serves any task; the head knows nothing yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from .errors import SettingError

__all__ = ["LayerRate", "layerwise_rates"]


class LayerRate(NamedTuple):
    """Parameters, and what multiplies their learning rate."""

    parameters: list[nn.Parameter]
    scale: float


def layerwise_rates(
    model: nn.Module, layers: Sequence[str | tuple[str, ...]], decay: float
) -> list[LayerRate]:
    """Return the trained parameters, each once, with a factor for each layer.

    Args:
        model: any network.
        layers: whole names of its layers from the input on; several in a tuple are one layer, the
            name of a ModuleList stands for its members, one after another. What is in none of
            them, such as a head, has the factor 1.
        decay: in (0, 1]; the last layer has this factor, the one before it its square and so on.

    Raises SettingError: a decay out of its range, or a layer that is not there.
    """
    if not 0 < decay <= 1:
        raise SettingError(f"decay={decay} must be above 0 and at most 1")
    parts = [part for names in layers for part in _parts(model, names)]
    taken: set[nn.Parameter] = set()
    rates = []
    for depth, part in enumerate(parts):
        parameters = dict.fromkeys(p for module in part for p in module.parameters())
        own = [p for p in parameters if p.requires_grad and p not in taken]
        taken.update(own)
        rates.append(LayerRate(own, decay ** (len(parts) - depth)))
    rest = [p for p in model.parameters() if p.requires_grad and p not in taken]
    return [rate for rate in (LayerRate(rest, 1.0), *reversed(rates)) if rate.parameters]


def _parts(model: nn.Module, names: str | tuple[str, ...]) -> list[list[nn.Module]]:
    """The modules of each layer that is meant."""
    if isinstance(names, tuple):
        return [[_module(model, name) for name in names]]
    module = _module(model, names)
    return [[member] for member in module] if isinstance(module, nn.ModuleList) else [[module]]


def _module(model: nn.Module, name: str) -> nn.Module:
    try:
        return model.get_submodule(name)
    except AttributeError as error:
        known = ", ".join(child for child, _ in model.named_children())
        raise SettingError(f"there is no layer {name!r}; the network has {known}") from error
