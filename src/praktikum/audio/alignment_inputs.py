"""What the losses of recognition are given: targets with lengths, checked once and made whole."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from .errors import SettingError, ShapeError

__all__ = ["Reduction", "check_inputs", "whole_targets"]

Reduction = Literal["none", "sum", "mean"]


def check_inputs(
    targets: Tensor,
    input_lengths: Tensor,
    target_lengths: Tensor,
    *,
    batch: int,
    time: int,
    symbols: int,
    blank: int,
    reduction: str,
) -> None:
    """Raise ShapeError or SettingError unless targets and lengths fit an input of these sizes."""
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
    labels = targets[_inside(targets, target_lengths)]
    if len(labels) and bool(((labels < 0) | (labels >= symbols) | (labels == blank)).any()):
        raise ShapeError(
            f"labels must be from 0 to {symbols - 1} and not the blank, {blank}; "
            f"got {int(labels.min())} to {int(labels.max())}"
        )


def whole_targets(
    targets: Int[Tensor, "batch labels"], target_lengths: Int[Tensor, " batch"], blank: int
) -> Int[Tensor, "batch labels"]:
    """Return the targets as int64, with `blank` for what is beyond their lengths."""
    return targets.long().masked_fill(~_inside(targets, target_lengths), blank)


def _inside(targets: Tensor, target_lengths: Tensor) -> Tensor:
    """Return True for labels and False for padding, [batch, labels]."""
    return torch.arange(targets.shape[1], device=targets.device) < target_lengths[:, None]


def _check_range(name: str, lengths: Tensor, most: int) -> None:
    if len(lengths) and not 0 <= int(lengths.min()) <= int(lengths.max()) <= most:
        raise ShapeError(
            f"{name} must be from 0 to {most}, got {int(lengths.min())} to {int(lengths.max())}"
        )
