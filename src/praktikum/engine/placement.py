"""Where a model and its batches lie: the device, and the order of an image's channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from praktikum.engine.errors import SettingError

__all__ = ["Placement"]


class Placement:
    """Brings models and batches to where a run computes.

    Raises:
        SettingError: the device is unknown to this build of torch, or not there.
    """

    def __init__(self, device: str, channels_last: bool = False) -> None:
        try:
            self.device = torch.device(device)
            torch.empty(0, device=self.device)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).split("\n", 1)[0]
            raise SettingError(f"device={device!r} cannot be used here: {reason}") from error
        self._format = torch.channels_last if channels_last else torch.preserve_format

    def place_model(self, model: nn.Module) -> nn.Module:
        """Return the model itself, moved."""
        moved = model.to(device=self.device)
        if self._format is torch.channels_last:
            for parameter in (p for p in moved.parameters() if p.ndim == 4):
                parameter.data = parameter.data.contiguous(memory_format=self._format)
        return moved

    def place(self, batch: Any) -> Any:
        """Return a batch like the given one with all its tensors moved.

        Tensors are found in tuples, lists, mappings and dataclasses; whatever else a batch
        holds (file names, say) stays as it is.
        """
        if isinstance(batch, Tensor):
            images = batch.ndim == 4 and batch.is_floating_point()
            memory = self._format if images else torch.preserve_format
            return batch.to(self.device, non_blocking=True, memory_format=memory)
        if isinstance(batch, Mapping):
            return {key: self.place(value) for key, value in batch.items()}
        if isinstance(batch, tuple) and hasattr(batch, "_fields"):  # a named tuple
            return type(batch)(*map(self.place, batch))
        if isinstance(batch, list | tuple):
            return type(batch)(map(self.place, batch))
        if is_dataclass(batch) and not isinstance(batch, type):
            return replace(
                batch, **{f.name: self.place(getattr(batch, f.name)) for f in fields(batch)}
            )
        return batch
