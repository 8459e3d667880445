"""Layers of any network by their names: found, and others put in their place.

A layer is named by the end of its dotted name, in which ``*`` stands for anything: ``q_proj`` is
every layer of that name, ``layers.0.*`` is all within each part that is called ``layers.0``.
What `lora` and `adapters` put in the place of linear layers is linear layers too, with the same
weights under the same names: published weights and checkpoints of the body still load.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from torch import nn

from .errors import SettingError

__all__ = ["ExtendedLinear", "find_linears", "has_name", "put_layer"]

READ_AROUND = (nn.MultiheadAttention, nn.TransformerEncoderLayer)
"""These compute with the weights of their layers, not always through the layers."""


def has_name(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a dotted name ends as one of the patterns says.

    >>> has_name("layers.10.linear1", ["layers.1?.linear1", "out_proj"])
    True
    >>> has_name("layers.0.linear1", ["near1"])
    False
    """
    return any(fnmatchcase(f".{name}", f"*.{pattern}") for pattern in patterns)


def find_linears(model: nn.Module, patterns: Sequence[str]) -> dict[str, nn.Linear]:
    """Return the linear layers that the patterns name, by their whole names.

    Raises SettingError if a pattern names none, if a layer has been extended before, or if it
    belongs to a layer of torch's that would pass by what is put in its place.
    """
    linears = {name: m for name, m in model.named_modules() if isinstance(m, nn.Linear)}
    for pattern in patterns:
        if not any(has_name(name, [pattern]) for name in linears):
            ends = ", ".join(dict.fromkeys(name.rpartition(".")[2] for name in linears))
            raise SettingError(f"no linear layer is named {pattern!r}; there are: {ends or 'none'}")
    found = {name: linear for name, linear in linears.items() if has_name(name, patterns)}
    for name, linear in found.items():
        if isinstance(linear, ExtendedLinear):
            raise SettingError(f"{name} is a {type(linear).__name__} already; extend it once")
        parent = model.get_submodule(name.rpartition(".")[0])
        if isinstance(parent, READ_AROUND):
            raise SettingError(
                f"{name} is in torch's {type(parent).__name__}, which computes with its weights "
                "directly; take the layer of praktikum.sequence, which loads the same weights"
            )
    return found


def put_layer(model: nn.Module, name: str, layer: nn.Module) -> None:
    """Put a layer in the place of the one that is called so, in its mode."""
    layer.train(model.get_submodule(name).training)
    parent, _, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, layer)


class ExtendedLinear(nn.Linear):
    """A linear layer that goes on with the weights of another, which are frozen.

    Args:
        linear: whose weight and bias are taken, not copied.
    """

    def __init__(self, linear: nn.Linear) -> None:
        nn.Module.__init__(self)  # not nn.Linear's: it would draw weights of its own
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.weight, self.bias = linear.weight, linear.bias
        self.requires_grad_(False)
