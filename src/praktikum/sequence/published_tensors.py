"""Tensors of a published model: from safetensors, never from a pickle.

A safetensors file can hold nothing but tensors, so one from a stranger runs no code. Large models
come in several files, with an index that names the file of each tensor.
"""

import json
from pathlib import Path

from torch import Tensor

from .errors import WeightsError

__all__ = ["WEIGHTS_FILE", "read_tensors", "write_tensors"]

WEIGHTS_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """Return the tensors of a folder by their published names.

    Raises WeightsError: no safetensors, or a file that is not whole.
    """
    if (folder / WEIGHTS_FILE).is_file():
        return _read_file(folder / WEIGHTS_FILE)
    if (folder / INDEX_FILE).is_file():
        tensors: dict[str, Tensor] = {}
        for name in _names_of_parts(folder / INDEX_FILE):
            tensors |= _read_file(folder / name)
        return tensors
    pickled = sorted(path.name for path in folder.glob("*.bin"))
    if pickled:
        raise WeightsError(
            f"{folder} holds its weights only in {pickled[0]}, a pickle, which may run code when "
            f"it is read; wanted {WEIGHTS_FILE}, into which the tools of safetensors convert it"
        )
    raise WeightsError(f"{folder} has no {WEIGHTS_FILE}; put it beside config.json")


def write_tensors(folder: Path, tensors: dict[str, Tensor]) -> None:
    """Write the tensors into the folder's `model.safetensors`, as transformers reads it."""
    from safetensors.torch import save_file  # optional: only published weights need it

    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(whole, folder / WEIGHTS_FILE, metadata={"format": "pt"})


def _names_of_parts(index: Path) -> list[str]:
    """Return the files that an index names; each must lie in the folder of the index."""
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{index} is not an index of safetensors files: {error}") from error
    strangers = [name for name in names if Path(name).name != name]
    if strangers:
        raise WeightsError(f"{index} names {strangers[0]}, which is not a file of its folder")
    return names


def _read_file(file: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError  # optional: only published weights need it
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{file} is not a whole safetensors file: {error}") from error
