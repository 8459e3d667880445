"""Best epochs and patience, by hand."""

from __future__ import annotations

import pytest

from praktikum.engine.stopping import best_epoch, has_stalled


@pytest.mark.parametrize(
    ("values", "higher_is_better", "best"),
    [([3, 1, 2], False, 1), ([3, 1, 2], True, 0), ([1, 2, 2], True, 1), ([1, 1], False, 0)],
)
def test_the_best_epoch_is_the_first_of_the_best(
    values: list[float], higher_is_better: bool, best: int
) -> None:
    assert best_epoch(values, higher_is_better) == best


@pytest.mark.parametrize(
    ("values", "patience", "min_delta", "stalled"),
    [
        ([], 1, 0, False),
        ([5], 1, 0, False),
        ([5, 5], 1, 0, True),
        ([5, 4, 4, 4], 2, 0, True),
        ([5, 4, 4, 3], 2, 0, False),
        ([5, 4.9, 4.8, 4.7], 3, 1, True),
        ([5, 4.6, 4.2, 3.8], 3, 1, False),  # a slow fall adds up
        ([5, 6, 7], None, 0, False),
    ],
)
def test_patience_ends_after_epochs_without_improvement(
    values: list[float], patience: int | None, min_delta: float, stalled: bool
) -> None:
    assert has_stalled(values, patience, min_delta, higher_is_better=False) == stalled
    mirrored = [-value for value in values]
    assert has_stalled(mirrored, patience, min_delta, higher_is_better=True) == stalled
