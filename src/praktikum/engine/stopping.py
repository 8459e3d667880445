"""Which epoch was the best, and whether to stop: pure functions of the validated values."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["best_epoch", "has_stalled"]


def best_epoch(values: Sequence[float], higher_is_better: bool) -> int:
    """Return the index of the best value, the first of equals."""
    choose = max if higher_is_better else min
    return choose(range(len(values)), key=values.__getitem__)


def has_stalled(
    values: Sequence[float], patience: int | None, min_delta: float, higher_is_better: bool
) -> bool:
    """Return whether the last ``patience`` values did not improve by more than ``min_delta``.

    An improvement is held against the last improvement, so that a slow climb by less than
    ``min_delta`` an epoch counts once it has added up.
    """
    if patience is None or not values:
        return False
    sign = 1.0 if higher_is_better else -1.0
    reference, since = sign * values[0], 0
    for value in values[1:]:
        if sign * value > reference + min_delta:
            reference, since = sign * value, 0
        else:
            since += 1
    return since >= patience
