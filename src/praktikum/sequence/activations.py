"""Activations by the names that published configurations give them.

GELU: Hendrycks, Gimpel, 2016, "Gaussian error linear units", x Φ(x). BERT and ViT compute it
exactly; GPT-2 has the approximation of its section 2 by tanh, which published files call
`gelu_new`, and which differs by less than 0.0005.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from .errors import SettingError

__all__ = ["ACTIVATIONS", "activation_named"]

_gelu_by_tanh = partial(functional.gelu, approximate="tanh")

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "gelu": functional.gelu,
    "gelu_new": _gelu_by_tanh,
    "gelu_pytorch_tanh": _gelu_by_tanh,
    "silu": functional.silu,
    "tanh": torch.tanh,
}


def activation_named(name: str) -> Callable[[Tensor], Tensor]:
    """Return the activation. Raises SettingError for a name that is not in `ACTIVATIONS`."""
    if name not in ACTIVATIONS:
        raise SettingError(f"activation={name!r} must be one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]
