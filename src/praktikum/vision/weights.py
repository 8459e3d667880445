"""Weights that others trained: out of a safetensors file, into a network that they must fit.

The format safetensors can hold nothing but tensors, so a file from a stranger runs no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from .errors import WeightsError

__all__ = ["State", "copy_weights", "load_safetensors"]

State = Mapping[str, Tensor]
"""Tensors by the names of a network's parameters and buffers."""


def load_safetensors(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a file. Raises WeightsError if it is not a whole safetensors file."""
    from safetensors import SafetensorError  # optional: only published weights need it
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{file} is not a whole safetensors file: {error}") from error


def copy_weights(model: nn.Module, state: State, name: str) -> None:
    """Copy the tensors into the model; `name` says in errors whose weights were wanted.

    Raises WeightsError unless all names and shapes agree.
    """
    wanted = model.state_dict()
    missing, unknown = sorted(wanted.keys() - state.keys()), sorted(state.keys() - wanted.keys())
    # Files from before torch 0.4.1 do not count the batches that normalisation has seen.
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unknown:
        raise WeightsError(
            f"these are not the weights of {name}: {len(missing)} of its tensors are missing "
            f"({', '.join(missing[:3]) or 'none'}), {len(unknown)} are unknown "
            f"({', '.join(unknown[:3]) or 'none'})"
        )
    for key, tensor in state.items():
        if tensor.shape != wanted[key].shape:
            raise WeightsError(
                f"these are not the weights of {name}: {key} must be of shape "
                f"{tuple(wanted[key].shape)}, came {tuple(tensor.shape)}"
            )
    model.load_state_dict(dict(state), strict=False)
