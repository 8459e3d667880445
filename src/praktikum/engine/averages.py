"""Means over batches of different size, as exact as over the examples themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Averages"]


class Averages:
    """Sums by name, each value weighted by the examples behind it."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._sizes: dict[str, int] = {}

    def add(self, values: Mapping[str, float], size: int) -> None:
        """Take the means over one batch of ``size`` examples."""
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * size
            self._sizes[name] = self._sizes.get(name, 0) + size

    def means(self) -> dict[str, float]:
        """Return the mean of each name over all examples so far."""
        return {name: total / self._sizes[name] for name, total in self._sums.items()}

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` needs to go on."""
        return {"sums": dict(self._sums), "sizes": dict(self._sizes)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from saved sums."""
        self._sums, self._sizes = dict(state["sums"]), dict(state["sizes"])
