"""What the losses of recognition are given: targets with lengths, checked once and made whole."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from .errors import SettingError, ShapeError

__all__ = ["Reduction", "whole_targets"]

Reduction = Literal["none", "sum", "mean"]


def whole_targets(
    targets: Tensor,
    input_lengths: Tensor,
    target_lengths: Tensor,
    *,
    batch: int,
    time: int,
    symbols: int,
    blank: int,
    reduction: str,
) -> Int[Tensor, "batch labels"]:
    """Return the targets as int64, with `blank` for what is beyond their lengths.

    Raises ShapeError or SettingError unless targets and lengths fit an input of these sizes.
    """
    if reduction not in ("none", "sum", "mean"):
        raise SettingError(f"reduction must be 'none', 'sum' or 'mean', got {reduction!r}")
    if not 0 <= blank < symbols:
        raise SettingError(f"blank must be one of the {symbols} symbols from 0 on, got {blank}")
    if {len(targets), len(input_lengths), len(target_lengths)} != {batch}:
        raise ShapeError(
            f"{batch} inputs need as many targets and lengths, got {len(targets)} targets, "
            f"{len(input_lengths)} and {len(target_lengths)} lengths"
        )
    _check_range("input_lengths", input_lengths, time)
    _check_range("target_lengths", target_lengths, targets.shape[1])
    inside = torch.arange(targets.shape[1], device=targets.device) < target_lengths[:, None]
    labels = targets[inside]
    if len(labels) and bool(((labels < 0) | (labels >= symbols) | (labels == blank)).any()):
        raise ShapeError(
            f"labels must be from 0 to {symbols - 1} and not the blank, {blank}; "
            f"got {int(labels.min())} to {int(labels.max())}"
        )
    return targets.long().masked_fill(~inside, blank)


def _check_range(name: str, lengths: Tensor, most: int) -> None:
    if len(lengths) and not 0 <= int(lengths.min()) <= int(lengths.max()) <= most:
        raise ShapeError(
            f"{name} must be from 0 to {most}, got {int(lengths.min())} to {int(lengths.max())}"
        )
