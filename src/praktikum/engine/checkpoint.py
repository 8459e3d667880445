"""Checkpoints: written whole or not at all, read without running what they contain.

They are torch's zip files of tensors, numbers, strings, lists and dicts; unpickling is limited
to these (``weights_only=True``), so that a checkpoint from a stranger cannot run code.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from praktikum.engine.errors import CheckpointError
from praktikum.engine.run_folder import whole_file

__all__ = ["load_checkpoint", "load_weights", "save_checkpoint"]

FORMAT = 1


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write ``state`` to ``path``, in the place of what is there.

    Raises:
        OSError: it cannot be written; what stood there before still stands.
    """
    content = {"format": FORMAT, **state}
    with whole_file(path) as file:
        torch.save(content, file)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Return what `save_checkpoint` wrote, its tensors on the CPU.

    Raises:
        CheckpointError: the file is missing, damaged, or of another program.
    """
    if not path.exists():
        raise CheckpointError(f"{path}: there is no such checkpoint")
    try:
        if not zipfile.is_zipfile(path):  # torch's older formats are not read at all
            raise ValueError("it is not a whole zip file")
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling damaged bytes raises errors of any kind
        reason = str(error).split("\n", 1)[0]
        raise CheckpointError(f"{path}: is damaged or no checkpoint: {reason}") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointError(f"{path}: wanted a checkpoint of format {FORMAT}")
    return state


def load_weights(path: Path, model: nn.Module) -> None:
    """Give ``model`` the weights of a checkpoint: of ``best.pt``, or of ``last.pt``.

    Raises:
        CheckpointError: as `load_checkpoint`; or the weights are of another model.
    """
    try:
        model.load_state_dict(load_checkpoint(path)["model"])
    except (RuntimeError, KeyError) as error:
        raise CheckpointError(f"{path}: does not fit the model: {error}") from error
