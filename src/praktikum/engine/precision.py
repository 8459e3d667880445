"""The number formats of a run: fp32, bf16 by autocast, fp16 by autocast with a scaled loss.

Micikevicius et al., "Mixed precision training" (ICLR 2018). Weights and the optimiser's state
stay in fp32. bf16 has the range of fp32, so its loss is not scaled. On a CPU without matrix units
for bf16 (AMX) autocast is several times slower than fp32.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal, get_args

import torch

__all__ = ["PRECISIONS", "Precision", "PrecisionName"]

PrecisionName = Literal["fp32", "bf16", "fp16"]
PRECISIONS: tuple[PrecisionName, ...] = get_args(PrecisionName)
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Precision:
    """The autocast and the gradient scaler that belong to a precision."""

    def __init__(self, name: PrecisionName, device: torch.device) -> None:
        self._name, self._device = name, device
        self.scaler = torch.amp.GradScaler(device.type, enabled=name == "fp16")

    def autocast(self) -> AbstractContextManager[object]:
        """Return the context in which the objective is computed."""
        return torch.autocast(
            self._device.type, dtype=_DTYPES[self._name], enabled=self._name != "fp32"
        )
